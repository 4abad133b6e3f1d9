import {
    DeleteParameterCommand,
    DeleteParametersCommand,
    GetParameterCommand,
    ParameterNotFound,
    PutParameterCommand,
    paginateGetParametersByPath,
    type SSMClient,
} from "@aws-sdk/client-ssm";

/** What runbooks note for the program: SSM parameters of a stack, each a JSON text. */
export interface StateFlags {
    /** There while the campaign is parked. */
    readonly parked?: ParkedFlag;
    /** The last switch of the campaign by a runbook. */
    readonly serving?: ServingFlag;
}

export interface ParkedFlag {
    readonly reason: string;
    /** ISO 8601. */
    readonly since: string;
    /** What comes back with it; null where there was no campaign to park. */
    readonly campaign: { readonly solutionVersionArn: string; readonly minProvisionedTPS: number } | null;
}

export interface ServingFlag {
    readonly solutionVersionArn: string;
    /** Whether `pulumi up` keeps the campaign at this version although there is a newer one. */
    readonly hold: boolean;
    readonly reason: string;
    /** ISO 8601. */
    readonly since: string;
    /** What served when this was noted; where it is the version itself, the campaign was held or let go, not switched. */
    readonly from?: string;
    /** The version a switch to which failed just before: it was noted, and never served. */
    readonly failed?: string;
    /** There while a retraining has not come to its end: the same command goes on from it. */
    readonly retraining?: Retraining;
}

/** Where a retraining began. */
export interface Retraining {
    /** The version that served, and serves until the new one has passed. */
    readonly live: string;
    /** The newest version that there was. */
    readonly newest: string;
    /** What was noted before, to be set back if nothing comes of it. */
    readonly before: { readonly hold: boolean; readonly reason: string };
}

/** Path of a stack's parameters, without a slash at its end. */
export const stateFlagsPath = (stack: string) => `/movie-recommender/${stack}`;

/**
 * The marks in parameters of that path, as SSM lists them.
 *
 * @throws Error that names a parameter which is no mark, and how to take it away.
 */
export function parseStateFlags(parameters: readonly { readonly name: string; readonly value: string }[]): StateFlags {
    const known = parameters.map(({ name, value }) => [name.split("/").at(-1) ?? "", name, value] as const);
    const stateFlags: Record<string, unknown> = {};
    for (const [key, name, value] of known.filter(([key]) => key === "parked" || key === "serving")) {
        try {
            stateFlags[key] = JSON.parse(value);
        } catch {
            throw new Error(`SSM parameter ${name} is no JSON. Remove it: aws ssm delete-parameter --name ${name}`);
        }
    }
    return stateFlags as StateFlags;
}

export async function readStateFlags(ssm: SSMClient, stack: string): Promise<StateFlags> {
    return parseStateFlags(await parametersIn(ssm, stateFlagsPath(stack)));
}

/** Notes a mark, over the one before. SSM keeps who wrote it, and the hundred before it. */
export async function writeStateFlag<K extends keyof StateFlags>(
    ssm: SSMClient,
    stack: string,
    key: K,
    flag: NonNullable<StateFlags[K]>,
): Promise<void> {
    const Name = `${stateFlagsPath(stack)}/${key}`;
    await ssm.send(new PutParameterCommand({ Name, Value: JSON.stringify(flag), Type: "String", Overwrite: true }));
}

/** The parameter in which the cost guard keeps what it knows; nobody but it reads what stands there. */
export const guardStateParameter = (stack: string) => `${stateFlagsPath(stack)}/guard`;

/** What the cost guard noted, and how often it did; undefined and 0 where it did not run yet. */
export async function readGuardState(
    ssm: SSMClient,
    stack: string,
): Promise<{ readonly text: string | undefined; readonly version: number }> {
    try {
        const { Parameter } = await ssm.send(new GetParameterCommand({ Name: guardStateParameter(stack) }));
        return { text: Parameter?.Value, version: Parameter?.Version ?? 0 };
    } catch (error) {
        if (error instanceof ParameterNotFound) {
            return { text: undefined, version: 0 };
        }
        throw error;
    }
}

/** Notes what the cost guard knows; answers how often something was noted now. */
export async function writeGuardState(ssm: SSMClient, stack: string, Value: string): Promise<number> {
    const command = new PutParameterCommand({
        Name: guardStateParameter(stack),
        Value,
        Type: "String",
        Overwrite: true,
    });
    return (await ssm.send(command)).Version ?? 0;
}

/** Takes a mark away; whether there was one. */
export async function removeStateFlag(ssm: SSMClient, stack: string, key: keyof StateFlags): Promise<boolean> {
    try {
        await ssm.send(new DeleteParameterCommand({ Name: `${stateFlagsPath(stack)}/${key}` }));
        return true;
    } catch (error) {
        if (error instanceof ParameterNotFound) {
            return false;
        }
        throw error;
    }
}

/** Takes everything under a path away. */
export async function removeAllStateFlags(ssm: SSMClient, path: string): Promise<void> {
    const Names = (await parametersIn(ssm, path)).map(({ name }) => name);
    // The service takes ten names a call, and a stack has three.
    for (let at = 0; at < Names.length; at += 10) {
        await ssm.send(new DeleteParametersCommand({ Names: Names.slice(at, at + 10) }));
    }
}

async function parametersIn(client: SSMClient, Path: string) {
    const found: { name: string; value: string }[] = [];
    for await (const { Parameters = [] } of paginateGetParametersByPath({ client }, { Path })) {
        found.push(...Parameters.map(({ Name = "", Value = "" }) => ({ name: Name, value: Value })));
    }
    return found;
}
