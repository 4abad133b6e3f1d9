import { createEmulator } from "../emulator.ts";
import { accountId, createBucket, region, serviceModels } from "./support.ts";

// A process that events.spec.ts kills. It sends one event and prints the status of the answer.
const [dataDir = "", trackingId = "", itemId = ""] = process.argv.slice(2);
const emulator = createEmulator({
    dataDir,
    speed: "instant",
    accountId,
    partition: "aws",
    serviceModelDir: serviceModels(),
    access: createBucket().access,
    log: (line) => void process.stderr.write(`${line}\n`),
});
const body = {
    trackingId,
    userId: "22",
    sessionId: "s",
    eventList: [{ eventType: "Watch", itemId, sentAt: Date.now() / 1000 }],
};
const { status } = await emulator.handle({ service: "personalize-events", operation: "PutEvents", region, body });
process.stdout.write(`${status}\n`);
setInterval(() => {}, 1000);
