import { convert } from "../../data-prep/convert.ts";
import { writeWholeFile } from "../../data-prep/files.ts";
import { readLayout } from "../../data-prep/layout.ts";

/**
 * Validates and converts a file, but makes no catalog and no fallback tables. Usage: node convert-only.ts INPUT EVENT
 * OUTPUT
 */
const [input = "", event = "", output = ""] = process.argv.slice(2);
const now = Date.now() / 1000;
const plans = await readLayout(input, { event }, now);
await writeWholeFile(output, (_, file) => convert(plans, file, { latest: now + 86_400 }));
