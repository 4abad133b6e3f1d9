import {
    DeleteParameterCommand,
    DeleteParametersCommand,
    ParameterAlreadyExists,
    ParameterNotFound,
    PutParameterCommand,
    paginateGetParametersByPath,
    type SSMClient,
} from "@aws-sdk/client-ssm";
import { messageOf } from "terminal-text";
import { stateFlagKeys } from "../config/names.ts";
import type { ParkingCause } from "../cost/observations.ts";

/** State flags of a stack: SSM parameters with JSON texts that runbooks write and the program reads. */
export interface StateFlags {
    /** The flag of a parked campaign; absent while the campaign is not parked. */
    readonly parked?: ParkedFlag;
    /** The flag for a closed API and a closed page; absent while they are open. */
    readonly closed?: ClosedFlag;
    /** The last request of a runbook to import unchanged data again. */
    readonly reimport?: ReimportFlag;
    /** The rows that `update-items` sent after the last imports. */
    readonly sent?: SentFlag;
    /** The last switch of the campaign by a runbook. */
    readonly serving?: ServingFlag;
}

interface SentFlag {
    readonly reason: string;
    /** ISO 8601. */
    readonly since: string;
    readonly items?: SentRows;
    readonly users?: SentRows;
}

/** The rows of a dataset that Personalize has, although `up` did not import them. Hashes are SHA-256, hexadecimal. */
interface SentRows {
    /** Hash of the imported file. */
    readonly imported: string;
    /** Hashes of the files with the sent rows: the newest, and the one before, in case the newest was not written. */
    readonly files: readonly string[];
}

/**
 * Returns the hash of the import that has the rows of a file, from the hash of the file: that of an earlier file if
 * `update-items` sent the later rows.
 */
export const importedHash = (sent: SentRows | undefined, fileHash: string): string =>
    sent?.files.includes(fileHash) ? sent.imported : fileHash;

interface ReimportFlag {
    readonly reason: string;
    /** ISO 8601. */
    readonly since: string;
    /**
     * ARN of the import job whose data `up` imports again. The flag has no effect after Pulumi's state contains a newer
     * job.
     */
    readonly importJobArn: string;
}

export interface ClosedFlag {
    readonly reason: string;
    /** ISO 8601. */
    readonly since: string;
}

export interface ParkedFlag {
    readonly reason: string;
    /** Absent in a flag that an earlier release wrote; the cost guard then counts the campaign as parked by an operator. */
    readonly cause?: ParkingCause | undefined;
    /** ISO 8601. */
    readonly since: string;
    /** The campaign that `resume` restores; null if no campaign existed when the stack was parked. */
    readonly campaign: { readonly solutionVersionArn: string; readonly minProvisionedTPS: number } | null;
}

export interface ServingFlag {
    readonly solutionVersionArn: string;
    /** Whether `pulumi up` keeps the campaign at this version although a newer one exists. */
    readonly hold: boolean;
    readonly reason: string;
    /** ISO 8601. */
    readonly since: string;
    /**
     * The version that the campaign served before. If it equals `solutionVersionArn`, the runbook did not switch the
     * campaign, but only set or removed `hold`.
     */
    readonly from?: string;
    /** The version of a failed switch, which was never served. */
    readonly failed?: string;
    /** The version that a retraining did not serve because the quality gate refused it; `reason` says why. */
    readonly refused?: string;
    /** The retraining in progress; absent if none is. The same command resumes an interrupted retraining. */
    readonly retraining?: Retraining;
}

/** The state before a retraining. */
export interface Retraining {
    /** The live version, until the new one passes the quality gate. */
    readonly live: string;
    /** The newest version when the retraining started. */
    readonly newest: string;
    /** Fields of the previous flag, which are restored if the retraining is abandoned. */
    readonly before: { readonly hold: boolean; readonly reason: string };
}

/** Returns the path of a stack's parameters, without a slash at its end. */
export const stateFlagsPath = (stack: string) => `/movie-recommender/${stack}`;

const isText = (value: unknown) => typeof value === "string";
const isServed = (value: ParkedFlag["campaign"] | undefined) =>
    value === null || (isText(value?.solutionVersionArn) && Number.isInteger(value?.minProvisionedTPS));
const isSent = (rows: SentRows | undefined) => !rows || (isText(rows.imported) && rows.files.every(isText));

/** Functions that check the fields of each flag. */
const shapes = {
    closed: () => true,
    parked: ({ campaign }: Partial<ParkedFlag>) => isServed(campaign),
    reimport: ({ importJobArn }: Partial<ReimportFlag>) => isText(importJobArn),
    sent: ({ items, users }: Partial<SentFlag>) => isSent(items) && isSent(users),
    serving: ({ solutionVersionArn, hold }: Partial<ServingFlag>) =>
        isText(solutionVersionArn) && typeof hold === "boolean",
} as const satisfies Record<keyof StateFlags, (flag: never) => boolean>;

/** The error of an SSM parameter that is not a valid flag. */
export class BrokenFlagError extends Error {
    override readonly name = "BrokenFlagError";
}

/**
 * Parses the state flags of `keys` from the parameters that SSM lists.
 *
 * @throws BrokenFlagError with the name of an invalid parameter and the command that removes it
 */
export function parseStateFlags(
    parameters: readonly { readonly name: string; readonly value: string }[],
    keys: readonly (keyof StateFlags)[] = stateFlagKeys,
): StateFlags {
    const flags: Record<string, unknown> = {};
    for (const { name, value } of parameters) {
        const key = keys.find((one) => name.endsWith(`/${one}`));
        if (key === undefined) continue;
        try {
            const flag = JSON.parse(value);
            if (!isText(flag.reason) || !isText(flag.since) || !shapes[key](flag))
                throw new Error("a field is missing");
            // Replace control characters, because messages show a reason in one line.
            flags[key] = { ...flag, reason: flag.reason.replaceAll(/\p{Cc}/gu, " ") };
        } catch {
            throw new BrokenFlagError(
                `SSM parameter ${name} is not a valid state flag. Remove it: aws ssm delete-parameter --name ${name}`,
            );
        }
    }
    return flags as StateFlags;
}

/**
 * Reads the stack's state flags of `keys`; a flag without a parameter is absent. Throws BrokenFlagError, and errors of
 * SSM.
 */
export async function readStateFlags(
    ssm: SSMClient,
    stack: string,
    keys: readonly (keyof StateFlags)[] = stateFlagKeys,
): Promise<StateFlags> {
    return parseStateFlags(await listParameters(ssm, stateFlagsPath(stack)), keys);
}

/**
 * Reads the flag that an operation is about to write. A broken flag counts as absent, because the operation replaces
 * it.
 */
async function readFlagToWrite<K extends keyof StateFlags>(
    ssm: SSMClient,
    stack: string,
    key: K,
): Promise<StateFlags[K] | undefined> {
    try {
        return (await readStateFlags(ssm, stack, [key]))[key];
    } catch (error) {
        if (error instanceof BrokenFlagError) return undefined;
        throw error;
    }
}

/**
 * Returns the stored flag, or else stores the flag that `make` returns. If the parameter cannot be read or written, for
 * example because it has another type than String, `failed` is the error: stopping cost must not depend on a parameter,
 * so the caller does its work first and then throws `failed`.
 */
export async function noteFlag<K extends keyof StateFlags>(
    ssm: SSMClient,
    stack: string,
    key: K,
    make: () => NonNullable<StateFlags[K]>,
): Promise<{ readonly flag: NonNullable<StateFlags[K]>; readonly failed?: Error }> {
    let flag: NonNullable<StateFlags[K]> | undefined;
    try {
        const stored = await readFlagToWrite(ssm, stack, key);
        if (stored !== undefined) return { flag: stored };
        flag = make();
        await writeStateFlag(ssm, stack, key, flag);
        return { flag };
    } catch (error) {
        const name = `${stateFlagsPath(stack)}/${key}`;
        const text =
            `${messageOf(error)} SSM parameter ${name} does not record this, so the next pulumi up would undo it. ` +
            `Remove the parameter, so that the next run can write it: aws ssm delete-parameter --name ${name}`;
        return { flag: flag ?? make(), failed: new Error(text, { cause: error }) };
    }
}

/** Writes a state flag. SSM keeps its last hundred versions with their authors. */
export async function writeStateFlag<K extends keyof StateFlags>(
    ssm: SSMClient,
    stack: string,
    key: K,
    flag: NonNullable<StateFlags[K]>,
): Promise<void> {
    const Name = `${stateFlagsPath(stack)}/${key}`;
    await ssm.send(new PutParameterCommand({ Name, Value: JSON.stringify(flag), Type: "String", Overwrite: true }));
}

/** Removes a state flag; returns whether it existed. */
export async function removeStateFlag(ssm: SSMClient, stack: string, key: keyof StateFlags): Promise<boolean> {
    try {
        await ssm.send(new DeleteParameterCommand({ Name: `${stateFlagsPath(stack)}/${key}` }));
        return true;
    } catch (error) {
        if (error instanceof ParameterNotFound) return false;
        throw error;
    }
}

/** Removes all parameters under a path. */
export async function removeAllStateFlags(ssm: SSMClient, path: string): Promise<void> {
    const Names = (await listParameters(ssm, path)).map(({ name }) => name);
    // Delete ten parameters at a time, because DeleteParameters accepts at most ten names.
    for (let at = 0; at < Names.length; at += 10) {
        await ssm.send(new DeleteParametersCommand({ Names: Names.slice(at, at + 10) }));
    }
}

/**
 * Moves all parameters of a renamed stack, including the cost guard's state. Keeps a parameter that the new name
 * already has, so that an interrupted move can be repeated.
 */
export async function moveStateFlags(ssm: SSMClient, from: string, to: string): Promise<void> {
    for (const { name, value } of await listParameters(ssm, stateFlagsPath(from))) {
        const Name = stateFlagsPath(to) + name.slice(stateFlagsPath(from).length);
        await ssm.send(new PutParameterCommand({ Name, Value: value, Type: "String" })).catch((error) => {
            if (!(error instanceof ParameterAlreadyExists)) throw error;
        });
    }
    await removeAllStateFlags(ssm, stateFlagsPath(from));
}

async function listParameters(client: SSMClient, Path: string) {
    const parameters: { name: string; value: string }[] = [];
    for await (const { Parameters = [] } of paginateGetParametersByPath({ client }, { Path })) {
        parameters.push(...Parameters.map(({ Name = "", Value = "" }) => ({ name: Name, value: Value })));
    }
    return parameters;
}
