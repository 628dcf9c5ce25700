// CQL files → ELM files, by @cqframework/cql's translator. Any message of severity error stops with exit code 1.
// Libraries may include each other, by name. Usage: node translate.mjs OUT FILE.cql …
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
global.require = createRequire(import.meta.url); // kotlinx-io reads files through it
const { CqlTranslator, LibraryManager, ModelManager, createLibrarySourceProvider, createModelInfoProvider, stringAsSource } =
  await import("@cqframework/cql/cql-to-elm");
const { SystemModelInfoProvider } = await import("@cqframework/cql/cql");

const [out, ...files] = process.argv.slice(2);
const fhir = join(dirname(require.resolve("cql-exec-fhir")), "modelInfos", "fhir-modelinfo-4.0.1.xml");
const texts = new Map(files.map((file) => [basename(file, ".cql"), readFileSync(file, "utf-8")]));
let failed = false;
for (const [name, text] of texts) {
  const models = new ModelManager();
  models.modelInfoLoader.registerModelInfoProvider(new SystemModelInfoProvider());
  models.modelInfoLoader.registerModelInfoProvider(
    createModelInfoProvider((model) => (model === "FHIR" ? stringAsSource(readFileSync(fhir, "utf-8")) : null)),
  );
  const libraries = new LibraryManager(models);
  libraries.librarySourceLoader.registerProvider(
    createLibrarySourceProvider((wanted) => (texts.has(wanted) ? stringAsSource(texts.get(wanted)) : null)),
  );
  const translator = CqlTranslator.fromText(text, libraries);
  const elm = JSON.parse(translator.toJson());
  const messages = (elm.library.annotation ?? []).filter((note) => note.type === "CqlToElmError");
  for (const note of messages) console.log(`${name}.cql:${note.startLine}: ${note.errorSeverity}: ${note.message}`);
  failed ||= messages.some((note) => note.errorSeverity === "error");
  writeFileSync(join(out, `${name}.json`), JSON.stringify(elm));
}
process.exit(failed ? 1 : 0);
