// ELM on cql-execution, defines for every patient, facts as parameters.
// Usage: node run_cql_execution.mjs ELM.json PATIENTS.jsonl DEFINES.json > RESULTS.txt
// A line of the result: one letter a define, T, F or - for null.
import { createReadStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import cql from "cql-execution";

const [elmFile, patientsFile, definesFile] = process.argv.slice(2);
const elm = JSON.parse(readFileSync(elmFile, "utf-8"));
const library = new cql.Library(elm, new cql.Repository({}));
const asked = JSON.parse(readFileSync(definesFile, "utf-8"));
const nothing = Object.fromEntries(Object.keys(library.parameters).map((name) => [name, null])); // an absent one is no null there
const codes = new cql.CodeService({});

// The engine works a define out anew wherever it is named; here each is worked out once a patient, as CQL allows.
class Once extends cql.PatientContext {
  known = new Map();
  get(name) {
    return this.known.has(name) ? this.known.get(name) : super.get(name);
  }
}

const letter = (value) => (value === true ? "T" : value === false ? "F" : value === null || value === undefined ? "-" : "!");
// What is asked for and what it rests on, in the order of the library: each after those on which it rests.
const refers = (node) =>
  node === null || typeof node !== "object" ? []
  : [...(node.type === "ExpressionRef" ? [node.name] : []), ...Object.values(node).flatMap(refers)];
const below = new Map(elm.library.statements.def.map((define) => [define.name, refers(define)]));
const needed = new Set(asked);
for (const name of needed) for (const other of below.get(name)) needed.add(other);
const defines = Object.entries(library.expressions).filter(([name]) => needed.has(name));
for await (const line of createInterface({ input: createReadStream(patientsFile) })) {
  const context = new Once(library, null, codes, { ...nothing, ...JSON.parse(line) });
  for (const [name, define] of defines) context.known.set(name, await define.execute(context));
  process.stdout.write(asked.map((name) => letter(context.known.get(name))).join("") + "\n");
}
