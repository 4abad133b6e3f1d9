import { createBucket, createTestEmulator } from "../../../local-personalize/test/support.ts";
import { startGateway } from "../../gateway/server.ts";

// A process with an emulator behind a gateway, which requests.spec.ts kills.
const [dataDir = "", port = ""] = process.argv.slice(2);
const log = (line: string) => void process.stderr.write(`${line}\n`);
const emulator = createTestEmulator({ dataDir, log, access: createBucket().access });
const bill = { usage: () => [], now: Date.now };
await startGateway({ port: Number(port), miniStack: { port: 1, secret: "" }, emulator, bill, status: () => ({}), log });
process.stdout.write("listening\n");
