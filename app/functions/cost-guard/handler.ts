import type { GuardConfig } from "../../../core/cost/guard-config.ts";
import { awsPorts, createClients, type GuardTargets } from "./aws-ports.ts";
import { runGuard } from "./run-guard.ts";

/** Configuration of the function: JSON in `GUARD_CONFIG`. */
export type GuardSettings = GuardConfig & GuardTargets;

const clients = createClients();

/** Runs the cost guard once; the event is ignored. */
export async function handler(): Promise<void> {
    const settings = JSON.parse(process.env.GUARD_CONFIG ?? "{}") as GuardSettings;
    await runGuard(awsPorts(clients, settings), settings);
}
