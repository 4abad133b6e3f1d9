import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { awsPlugin, environment, type Instance } from "../../packages/local-aws/instance.ts";

/**
 * Starts one process of the AWS plugin for all engine commands of a local AWS in one region. By default the engine
 * starts a plugin for each command, which takes a sixth of the command's processor time. The plugin uses the
 * administrator's keys, and ends with this process.
 * @returns environment variables with which the engine uses this plugin, and a function that ends the plugin
 */
export async function startAwsPlugin(instance: Instance, region: string) {
    const plugin = spawn(awsPlugin(instance), {
        env: { ...environment(instance), PULUMI_CONFIG: JSON.stringify({ "aws:region": region }) },
        stdio: ["ignore", "pipe", "inherit"],
    });
    const [port] = await once(createInterface(plugin.stdout), "line");
    return { variables: { PULUMI_DEBUG_PROVIDERS: `aws:${port}` }, stop: () => plugin.kill() };
}
