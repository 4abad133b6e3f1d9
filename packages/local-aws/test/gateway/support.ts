import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Personalize } from "@aws-sdk/client-personalize";
import type { ImportAccess, Speed } from "../../../local-personalize/emulator.ts";
import { interactionsCsv, syntheticRatings } from "../../../local-personalize/test/interactions.ts";
import { arn, createBucket, createTestEmulator, region } from "../../../local-personalize/test/support.ts";
import { startGateway } from "../../gateway/server.ts";
import { freePort } from "../../ministack/process.ts";
import { createAdmin } from "../admin.ts";

/** Starts the Personalize emulator behind the gateway, without MiniStack. */
export async function startPersonalize(options: { access: ImportAccess; speed?: Speed; dataDir?: string }) {
    const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "gateway-")));
    const lines: string[] = [];
    const log = (line: string) => void lines.push(line);
    const emulator = createTestEmulator({ log, ...options, dataDir });
    const port = await freePort();
    const server = await startGateway({
        port,
        miniStack: { port: await freePort(), secret: "" },
        emulator,
        bill: { usage: () => [], now: emulator.clock.now },
        status: () => ({}),
        log,
    });
    const admin = createAdmin({ port });
    const personalize = createClient(port);
    const stop = async () => {
        personalize.destroy();
        server.closeAllConnections();
        await new Promise((closed) => server.close(closed));
        await emulator.close();
    };
    return {
        ...admin,
        postFault: (body: string) => fetch(`http://127.0.0.1:${port}/_local/faults`, { method: "POST", body }),
        dataDir,
        emulator,
        port,
        lines,
        personalize,
        /** Stops the gateway and keeps its folder. */
        stop,
        /** Stops the gateway and deletes its folder. */
        async discard() {
            await stop();
            await rm(dataDir, { recursive: true, force: true });
        },
    };
}

export type LocalPersonalize = Awaited<ReturnType<typeof startPersonalize>>;

/** Starts a gateway with an emulator and s3://movies/all.csv before each test of the calling suite. */
export function usePersonalize(speed: Speed = "instant") {
    const { access } = createBucket({ "movies/all.csv": interactionsCsv(syntheticRatings()) });
    let local: LocalPersonalize;
    beforeEach(async () => {
        local = await startPersonalize({ access, speed });
    });
    afterEach(() => local.discard());
    return {
        get local() {
            return local;
        },
        get personalize() {
            return local.personalize;
        },
        /** Restarts the gateway with its data, optionally at another speed. */
        async restart(newSpeed = speed): Promise<void> {
            await local.stop();
            local = await startPersonalize({ access, speed: newSpeed, dataDir: local.dataDir });
        },
        describeGroup: async (name: string) =>
            (await local.personalize.describeDatasetGroup({ datasetGroupArn: arn(`dataset-group/${name}`) }))
                .datasetGroup,
    };
}

/** Creates a client that makes one attempt. */
export const createClient = (port: number) =>
    new Personalize({
        endpoint: `http://127.0.0.1:${port}`,
        region,
        maxAttempts: 1,
        credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
