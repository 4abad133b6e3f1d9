import { rm } from "node:fs/promises";
import { testInstance } from "../../../test/support/local-aws.ts";
import { start, stop } from "../control.ts";
import type { Instance } from "../instance.ts";

/** Starts a local AWS in a new folder and on a free port. */
export async function startInstance(): Promise<Instance> {
    const instance = await testInstance();
    await start(instance, () => {});
    return instance;
}

/** Stops a local AWS and deletes its folder. */
export async function discardInstance(instance: Instance): Promise<void> {
    await stop(instance);
    await rm(instance.dir, { recursive: true, force: true, maxRetries: 5 });
}
