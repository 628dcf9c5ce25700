// ELM on cql-execution with cql-exec-fhir, defines for every bundle. FOLDER holds the libraries' ELM by name; all of them
// include the same library of facts, which is worked out once a bundle.
// Usage: node run_on_fhir.mjs FOLDER/LIBRARY.json,FOLDER/LIBRARY.json… BUNDLES.jsonl DEFINES.json > RESULTS.txt
// DEFINES: a list for each library, or one list for one library. A line of the result: one letter a define, T, F or - for null.
import { createReadStream, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import cql from "cql-execution";
import cqlfhir from "cql-exec-fhir";

const [elmFiles, bundlesFile, definesFile] = process.argv.slice(2);
const read = (file) => JSON.parse(readFileSync(file, "utf-8"));
const files = elmFiles.split(",");
const folder = dirname(files[0]);
const all = readdirSync(folder).filter((file) => /^Decidua.*\.json$/.test(file)).map((file) => read(join(folder, file)));
const libraries = files.map((file) => new cql.Library(read(file), new cql.Repository(all)));
const given = read(definesFile);
const asked = Array.isArray(given[0]) ? given : [given];
const codes = new cql.CodeService({});

// The engine works a define out anew wherever it is named; here each is worked out once a patient, as CQL allows.
class Once extends cql.PatientContext {
  known = new Map();
  get(name) {
    return this.known.has(name) ? this.known.get(name) : super.get(name);
  }
  getLibraryContext(name) {
    return (this.library_context[name] ??= new Once(this.get(name), this.patient, this.codeService, this.parameters));
  }
  async work() {
    for (const [name, define] of Object.entries(this.library.expressions))
      if (define.constructor.name === "ExpressionDef" && name !== "Patient") this.known.set(name, await define.execute(this));
  }
}

const letter = (value) => (value === true ? "T" : value === false ? "F" : value === null || value === undefined ? "-" : "!");
const source = cqlfhir.PatientSource.FHIRv401(); // one for all: each reads the whole model of FHIR
for await (const line of createInterface({ input: createReadStream(bundlesFile) })) {
  source.reset();
  source.loadBundles([JSON.parse(line)]);
  const letters = [];
  let facts = null;
  for (const [i, library] of libraries.entries()) {
    const context = new Once(library, source.currentPatient(), codes, {});
    if (facts === null) await (facts = context.getLibraryContext("Facts")).work();
    else context.library_context.Facts = facts;
    await context.work();
    letters.push(...asked[i].map((name) => letter(context.known.get(name))));
  }
  process.stdout.write(letters.join("") + "\n");
}
