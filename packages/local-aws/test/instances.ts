import { rm } from "node:fs/promises";
import { testInstance } from "../../../test/support/local-aws.ts";
import { start, stop } from "../control.ts";
import type { Instance } from "../instance.ts";
import { run } from "../pulumi.ts";

/** Starts a local AWS in a new folder and on a free port, by default with IAM enforcement. */
export async function startInstance(enforce = true) {
    const instance = { ...(await testInstance()), enforce };
    const { miniStackPort } = await start(instance, () => {});
    return { ...instance, miniStackPort };
}

/** Stops a local AWS and deletes its folder. */
export async function discardInstance(instance: Instance): Promise<void> {
    await stop(instance);
    await rm(instance.dir, { recursive: true, force: true, maxRetries: 5 });
}

/** Runs `npm run local -- …` for an instance. */
export const runLocal = (instance: Instance, ...args: string[]) =>
    run(instance, process.execPath, ["packages/local-aws/cli.ts", ...args], "captured", {
        MOVIE_RECOMMENDER_LOCAL_DIR: instance.dir,
        MOVIE_RECOMMENDER_LOCAL_PORT: String(instance.port),
    });
