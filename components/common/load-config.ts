import * as pulumi from "@pulumi/pulumi";
import { parseConfig, type StackConfig } from "../../config/config.ts";

/**
 * The configuration of the stack of this deployment.
 *
 * @throws pulumi.RunError with every invalid value and its path, so that preview shows all of them at once.
 */
export function loadConfig(): StackConfig {
    const own = new pulumi.Config();
    const aws = new pulumi.Config("aws");
    const result = parseConfig((key) => own.get(key), {
        project: pulumi.getProject(),
        stack: pulumi.getStack(),
        region: aws.get("region"),
        keys: Object.keys(pulumi.runtime.allConfig()),
        secretKeys: secretKeys(),
    });
    if ("names" in result) {
        return result;
    }
    const lines = result.map(
        ({ path, reason }) => `  ${path.includes(":") ? path : `movie-recommender:${path}`} ${reason}`,
    );
    throw new pulumi.RunError(`the configuration of stack ${pulumi.getStack()} is invalid:\n${lines.join("\n")}`);
}

/** Keys that `pulumi config set --secret` encrypts. The SDK has no public function for this environment variable. */
const secretKeys = (): readonly string[] => JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]");

/** The value of a configuration key as an input of a resource: a secret stays encrypted in the state. */
export const inputOf = (key: string, value: string): pulumi.Input<string> =>
    secretKeys().includes(`${pulumi.getProject()}:${key}`) ? pulumi.secret(value) : value;
