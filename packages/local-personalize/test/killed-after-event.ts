import { createBucket, createTestEmulator, region } from "./support.ts";

// A process that events.spec.ts kills. It sends one event and prints the status of the answer.
const [dataDir = "", trackingId = "", itemId = ""] = process.argv.slice(2);
const emulator = createTestEmulator({ dataDir, access: createBucket().access });
const body = {
    trackingId,
    userId: "22",
    sessionId: "s",
    eventList: [{ eventType: "Watch", itemId, sentAt: Date.now() / 1000 }],
};
const { status } = await emulator.handle({ service: "personalize-events", operation: "PutEvents", region, body });
process.stdout.write(`${status}\n`);
setInterval(() => {}, 1000);
