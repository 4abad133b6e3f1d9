import { GetParameterCommand, ParameterNotFound, PutParameterCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { stateFlagsPath } from "./state-flags.ts";

/** Returns the name of the parameter with the cost guard's state. Only the cost guard reads it. */
export const guardStateParameter = (stack: string) => `${stateFlagsPath(stack)}/guard`;

/** Reads the cost guard's state and its version; undefined and 0 before the first run. */
export async function readGuardState(
    ssm: SSMClient,
    stack: string,
): Promise<{ readonly text: string | undefined; readonly version: number }> {
    try {
        const { Parameter } = await ssm.send(new GetParameterCommand({ Name: guardStateParameter(stack) }));
        return { text: Parameter?.Value, version: Parameter?.Version ?? 0 };
    } catch (error) {
        if (error instanceof ParameterNotFound) return { text: undefined, version: 0 };
        throw error;
    }
}

/** Stores the cost guard's state and returns its new version. */
export async function writeGuardState(ssm: SSMClient, stack: string, Value: string): Promise<number> {
    const command = new PutParameterCommand({
        Name: guardStateParameter(stack),
        Value,
        Type: "String",
        Overwrite: true,
    });
    return (await ssm.send(command)).Version ?? 0;
}
