// CQL files → ELM files, by @cqframework/cql's translator. Any message of severity error stops with exit code 1.
// Usage: node translate.mjs OUT FILE.cql …
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
global.require = createRequire(import.meta.url); // kotlinx-io reads files through it
const { CqlTranslator, LibraryManager, ModelManager } = await import("@cqframework/cql/cql-to-elm");
const { SystemModelInfoProvider } = await import("@cqframework/cql/cql");

const [out, ...files] = process.argv.slice(2);
let failed = false;
for (const file of files) {
  const models = new ModelManager();
  models.modelInfoLoader.registerModelInfoProvider(new SystemModelInfoProvider());
  const translator = CqlTranslator.fromText(readFileSync(file, "utf-8"), new LibraryManager(models));
  const elm = JSON.parse(translator.toJson());
  const messages = (elm.library.annotation ?? []).filter((note) => note.type === "CqlToElmError");
  for (const note of messages) console.log(`${basename(file)}:${note.startLine}: ${note.errorSeverity}: ${note.message}`);
  failed ||= messages.some((note) => note.errorSeverity === "error");
  writeFileSync(join(out, basename(file, ".cql") + ".json"), JSON.stringify(elm));
}
process.exit(failed ? 1 : 0);
