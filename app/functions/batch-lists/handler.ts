import { type BatchReport, runBatch } from "../../batch/run.ts";
import { type BatchTargets, batchPorts, createClients } from "./ports.ts";

const clients = createClients();

/** Runs the next steps to make viewers' lists by batch inference. Ignores the event. */
export async function handler(_event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<BatchReport> {
    const settings = JSON.parse(process.env.BATCH_CONFIG ?? "{}") as BatchTargets;
    return runBatch(
        batchPorts(clients, settings, () => context.getRemainingTimeInMillis()),
        settings,
    );
}
