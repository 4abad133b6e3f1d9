import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Instance, root } from "../../packages/local-aws/instance.ts";
import { ensureStack } from "../../packages/local-aws/pulumi.ts";
import type { Speed } from "../../packages/local-personalize/emulator.ts";

/**
 * Returns an instance with an empty stack, in a new folder. By default, no service listens on its port (9, the discard
 * port), so a command that calls a service fails.
 */
export async function bareInstance(port = 9, speed: Speed = "instant"): Promise<Instance> {
    const dir = await mkdtemp(join(tmpdir(), "bare-"));
    const instance: Instance = { root, dir, port, speed, officialPlugin: false, enforce: true };
    await ensureStack(instance);
    return instance;
}
