import { setTimeout as wait } from "node:timers/promises";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { type Handler, kinds } from "pulumi-personalize/core";
import { about } from "pulumi-personalize/errors";
import { stateOnlyHandler } from "./state-only-handler.ts";

export interface AwaitedListsInputs {
    readonly region: string;
    /** Name of the Lambda function that runs batch inference (config `serving.mode` `batch`). */
    readonly functionName: string;
    /** The solution version from which batch inference must have made the recommendation lists that the API serves. */
    readonly solutionVersionArn: string;
    readonly pollSeconds: number;
}

/** The fields that the program reads of the function's response (`app/batch/run.ts`). */
interface ListsReport {
    /** Whether the lists of the requested version are live. */
    readonly settled: boolean;
    readonly phase?: string;
    readonly failure?: { readonly text: string };
}

/** Runs the function once. @throws Error with the function's error */
async function runLists(client: LambdaClient, FunctionName: string): Promise<ListsReport> {
    const { FunctionError, Payload } = await client.send(new InvokeCommand({ FunctionName }));
    const text = Buffer.from(Payload ?? []).toString();
    if (FunctionError !== undefined) {
        throw new Error(`${text}. Read its log: aws logs tail /aws/lambda/${FunctionName}`);
    }
    return JSON.parse(text) as ListsReport;
}

/** Dependencies of `awaitLists`, which waits until the recommendation lists of the requested version are live. */
export interface ListsDeps {
    readonly lambda: (region: string) => LambdaClient;
    log(text: string): void;
    /**
     * Checks whether the wait may continue.
     * @throws Error if the wait must end
     */
    goOn(): Promise<void>;
}

/** Minutes until the wait for the lists fails, as for every job of batch inference. */
const { deadlineMinutes } = kinds.BatchInferenceJob;

/** Timeout in milliseconds of a call of the function, which runs for up to 15 minutes. */
const longestRun = 910_000;

/** Creates a Lambda client whose timeout is longer than the function's longest run. */
export const listsClient = (region: string): LambdaClient =>
    new LambdaClient({ region, requestHandler: { requestTimeout: longestRun } });

/**
 * Runs the function again and again until the lists of the requested version are live. Until then, the API serves the
 * previous lists.
 *
 * @throws Error if the job or the function fails, or after the deadline
 */
export async function awaitLists(
    deps: ListsDeps,
    { region, functionName, pollSeconds }: Omit<AwaitedListsInputs, "solutionVersionArn">,
): Promise<void> {
    const client = deps.lambda(region);
    const until = Date.now() + deadlineMinutes * 60_000;
    let phase: string | undefined;
    try {
        for (;;) {
            await deps.goOn();
            const report = await runLists(client, functionName);
            if (report.settled) return;
            if (report.failure !== undefined && report.phase === undefined) throw new Error(report.failure.text);
            if (report.phase !== undefined && report.phase !== phase) deps.log(`lists: phase ${report.phase}`);
            phase = report.phase;
            if (Date.now() >= until) {
                throw new Error(
                    `there are no lists after ${deadlineMinutes} minutes. The job continues; the same command resumes the wait`,
                );
            }
            await wait(pollSeconds * 1000);
        }
    } catch (error) {
        throw about(`function ${functionName}`, error);
    } finally {
        client.destroy();
    }
}

/**
 * Creates the lifecycle of the wait for lists of batch inference. The wait invokes the function itself, so that `up`
 * does not depend on the function's schedule. After an interruption, the next `up` waits again, without a second job:
 * the function continues the first one.
 */
export function awaitedListsHandler(
    deps: Omit<ListsDeps, "goOn"> & { readonly assertEngineAlive: () => Promise<void> },
): Handler {
    return stateOnlyHandler<AwaitedListsInputs>({
        compared: ["functionName", "solutionVersionArn"],
        idOf: ({ functionName }) => functionName,
        settle: (inputs) => awaitLists({ ...deps, goOn: () => deps.assertEngineAlive() }, inputs),
        // The lists are in the API's table, and are deleted with it.
    });
}
