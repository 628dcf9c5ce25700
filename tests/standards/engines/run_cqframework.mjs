// CQL on the engine of @cqframework/cql, defines for every patient, facts as parameters.
// Usage: node run_cqframework.mjs LIBRARY.cql PATIENTS.jsonl DEFINES.json > RESULTS.txt
// A line of the result: one letter a define, T, F or - for null.
import { createReadStream, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
global.require = createRequire(import.meta.url);
const { LibraryManager, ModelManager, createLibrarySourceProvider, stringAsSource } = await import("@cqframework/cql/cql-to-elm");
const { SystemModelInfoProvider } = await import("@cqframework/cql/cql");
const engine = await import("@cqframework/cql/engine");
const { KtMap, KtMutableSet } = await import("@cqframework/cql/kotlin-kotlin-stdlib");
const { BigDecimal } = await import("@cqframework/cql/shared");

const [cqlFile, patientsFile, definesFile] = process.argv.slice(2);
const text = readFileSync(cqlFile, "utf-8");
const name = /^library "([^"]+)"/.exec(text)[1];
const asked = JSON.parse(readFileSync(definesFile, "utf-8"));

const models = new ModelManager();
models.modelInfoLoader.registerModelInfoProvider(new SystemModelInfoProvider());
const libraries = new LibraryManager(models);
libraries.librarySourceLoader.registerProvider(createLibrarySourceProvider((wanted) => (wanted === name ? stringAsSource(text) : null)));
const options = KtMutableSet.fromJsSet(new Set([engine.CqlEngine.Options.EnableExpressionCaching]));
const environment = new engine.Environment(libraries);

const value = (given) =>
  given === null ? null
  : typeof given === "boolean" ? new engine.Boolean(given)
  : typeof given === "number" ? new engine.Decimal(BigDecimal.fromString(String(given)))
  : new engine.String(given);
const letter = (result) => (result == null ? "-" : result.value === true ? "T" : result.value === false ? "F" : "!");

for await (const line of createInterface({ input: createReadStream(patientsFile) })) {
  const builder = new engine.EvaluationParams.Builder();
  const library = new engine.EvaluationParams.LibraryParams.Builder();
  builder.libraryByName(name, library.build());
  builder.parameters = KtMap.fromJsMap(new Map(Object.entries(JSON.parse(line)).map(([key, given]) => [key, value(given)])));
  // A new engine for each patient: its cache is kept between evaluations and knows nothing of parameters.
  const results = new engine.CqlEngine(environment, options).evaluate(builder.build()).onlyResultOrThrow;
  process.stdout.write(asked.map((define) => letter(results.getByName(define)?.value)).join("") + "\n");
}
