import { randomBytes } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import { createEmulator, requireServiceModelDir } from "local-personalize";
import { takeFolder } from "local-personalize/folder-lock";
import { watchAlarms } from "./gateway/alarms/watch.ts";
import { startBudgetNotifications } from "./gateway/budgets/budgets.ts";
import { deliverTrailEvents } from "./gateway/cloudtrail/delivery.ts";
import { openAccessLog } from "./gateway/enforcement/access-log.ts";
import { createDirectory } from "./gateway/enforcement/directory.ts";
import { createEnforcement } from "./gateway/enforcement/enforce.ts";
import { createImportAccess } from "./gateway/import-authorization.ts";
import { openBill } from "./gateway/metering/bill.ts";
import { publishServiceMetrics } from "./gateway/metering/service-metrics.ts";
import { startGateway } from "./gateway/server.ts";
import { createSimulator } from "./gateway/simulator.ts";
import {
    type DaemonRecord,
    defaultInstance,
    folderServed,
    localAccountId,
    localPartition,
    makePrivateFolders,
    paths,
    proofOf,
    variables,
} from "./instance.ts";
import { startMiniStack } from "./ministack/process.ts";

/**
 * The process of one local AWS. It runs the Personalize emulator, MiniStack (the emulator of most other AWS services)
 * as a child process, and the gateway in front of both.
 */

const instance = defaultInstance();
// MiniStack and its functions inherit the umask: only this user can read their files.
process.umask(0o077);
const { awsData, daemonFile, miniStackLog } = paths(instance);
const python = process.env.MOVIE_RECOMMENDER_PYTHON;
if (!python) {
    throw new Error("MOVIE_RECOMMENDER_PYTHON is not set. Start the local AWS with: npm run local -- start");
}
const log = (message: string) => console.log(`${new Date().toISOString()} ${message}`);
// Retry for 500 ms, because each command that checks the lock holds it for a moment.
const releaseFolder = takeFolder(instance.dir, 500);
if (!releaseFolder) {
    log(`${instance.dir} belongs to another running local AWS`);
    process.exit(folderServed);
}
makePrivateFolders(instance);

const secret = randomBytes(32).toString("hex");
const miniStackOptions = {
    python,
    dataDir: join(awsData, "ministack"),
    logFile: miniStackLog,
    log,
    gatewayPort: instance.port,
    secret,
    enforce: instance.enforce,
};
const miniStack = await startMiniStack(miniStackOptions).catch((error: Error) => {
    // Log the reason, because `npm run local -- start` prints the end of this log after a failed start.
    log(error.message);
    return process.exit(1);
});
const behindGateway = { port: miniStack.port, secret };
const directory = createDirectory({ port: miniStack.answersPort, secret, accountId: localAccountId });
const now = () => emulator.clock.now();
const bill = openBill(awsData, now);
const serviceMetrics = publishServiceMetrics({ miniStack: behindGateway, now, log });
const emulator = createEmulator({
    dataDir: join(awsData, "personalize"),
    speed: instance.speed,
    throttle: process.env.MOVIE_RECOMMENDER_LOCAL_THROTTLE === "1",
    accountId: localAccountId,
    partition: localPartition,
    serviceModelDir: requireServiceModelDir(python),
    access: createImportAccess({ miniStack: behindGateway, directory }, localPartition),
    meter(metered) {
        bill.count(metered);
        serviceMetrics.count(metered);
    },
    log,
});
const enforcement = instance.enforce
    ? createEnforcement({
          directory,
          emulator,
          log: openAccessLog(awsData),
          accountId: localAccountId,
      })
    : undefined;
const behind = { miniStack: behindGateway, emulator, log };
const region = variables(instance).AWS_REGION ?? "";
const alarms = watchAlarms({ ...behind, region, personalizeClock: emulator.clock });
const trailDelivery = deliverTrailEvents({
    ...behind,
    region,
    accountId: localAccountId,
    directory,
    accessLog: enforcement?.log,
});
const budgetNotifications = startBudgetNotifications({
    ...behind,
    bill,
    dataDir: awsData,
    accountId: localAccountId,
    partition: localPartition,
});
const ownSecret = randomBytes(32).toString("hex");
const status = (challenge: string) => ({
    product: "movie-recommender local AWS",
    proof: proofOf(ownSecret, challenge),
    dir: instance.dir,
    speed: instance.speed,
    enforce: instance.enforce,
    miniStackPort: miniStack.port,
});
const rounds = () => ({
    alarms: alarms.rounds(),
    serviceMetrics: serviceMetrics.rounds(),
    budgets: budgetNotifications.rounds(),
});

let stopping = false;
let server: Server | undefined;
async function stop(exitCode: number) {
    if (stopping) {
        return;
    }
    stopping = true;
    server?.close();
    server?.closeAllConnections();
    await Promise.all([budgetNotifications.stop(), serviceMetrics.stop(), alarms.stop(), trailDelivery.stop()]);
    enforcement?.close();
    await emulator.close();
    bill.close();
    await miniStack.stop();
    rmSync(daemonFile, { force: true });
    releaseFolder?.();
    process.exit(exitCode);
}
process.on("SIGTERM", () => stop(0));
process.on("SIGINT", () => stop(0));

server = await startGateway({
    port: instance.port,
    miniStack: behindGateway,
    emulator,
    bill,
    ...(enforcement && { enforcement }),
    simulator: createSimulator(directory),
    status,
    rounds,
    log,
}).catch(async (error: NodeJS.ErrnoException) => {
    log(error.code === "EADDRINUSE" ? `port ${instance.port} is in use` : String(error.stack));
    await stop(1);
    return undefined;
});
const beside = `${daemonFile}.${process.pid}`;
const record: DaemonRecord = { pid: process.pid, port: instance.port, secret: ownSecret };
writeFileSync(beside, JSON.stringify(record), { mode: 0o600 });
renameSync(beside, daemonFile);
log(`ready on http://127.0.0.1:${instance.port} (speed ${instance.speed})`);
