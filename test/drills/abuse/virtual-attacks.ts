import { runGuard } from "../../../app/functions/cost-guard/run-guard.ts";
import { simulateStack } from "../../support/guard-simulation.ts";
import { table } from "./oracle.ts";

const minuteMs = 60_000;

/** An attack: its usage per minute in the cost guard's units, and the cost per minute with the drill's own prices. */
export interface VirtualAttack {
    readonly what: string;
    readonly usage: Readonly<Record<string, number>>;
    readonly usd: number;
}

export interface Closing {
    readonly what: string;
    /** Minutes from reaching the guard's threshold until the guard closes the API; infinite if the API stays open. */
    readonly minutes: number;
    /** The cost of the attack until the guard closes the API, in US dollars. */
    readonly usd: number;
    readonly hours: number;
    readonly notifications: readonly string[];
}

/** Returns three attacks: two on CloudFront, and all attacks on the API together. */
export function virtualAttacks(worstApiUsdHour: number): readonly VirtualAttack[] {
    const edge = (what: string, gbPerMinute: number, requests: number): VirtualAttack => ({
        what,
        usage: { edgeGb: gbPerMinute, edgeRequests: requests },
        usd: gbPerMinute * table.edgeGb + requests * table.edgeRequest,
    });
    const gbit = (1e9 / 8 / 1024 ** 3) * 60;
    const requests = worstApiUsdHour / 60 / table.request;
    return [
        edge("downloads at 1 Gbit/s through CloudFront", gbit, (gbit * 1024 ** 2) / 70),
        edge("5,000 small requests a second through CloudFront", (5000 * 60 * 2) / 1024 ** 2, 300_000),
        { what: "the worst hour of the API", usage: { apiRequests: requests }, usd: requests * table.request },
    ];
}

/**
 * Runs an attack several times, starting at different minutes between two runs of the guard. Returns the result of the
 * slowest closing.
 */
export async function playSlowestClosing(attack: VirtualAttack, limit: number): Promise<Closing> {
    const closings: Closing[] = [];
    for (const offset of [0, 1, 4, 7, 11, 14]) closings.push(await playFrom(attack, limit, offset));
    return closings.reduce((worst, one) => (one.minutes > worst.minutes ? one : worst));
}

async function playFrom({ what, usage, usd }: VirtualAttack, limit: number, offset: number): Promise<Closing> {
    const simulation = simulateStack("2026-11-01T00:00:00Z", { monthlyLimitUsd: limit });
    simulation.serves = true;
    simulation.makeCampaign();
    let crossed: number | undefined;
    let spent = 0;
    const inHour: number[] = [];
    for (let minute = 0; minute < 6 * 24 * 60; minute += 1) {
        if (minute >= offset && simulation.closedReason === undefined) {
            simulation.used.push({ at: simulation.now, usage });
            spent += usd;
            inHour.push(usd);
            const lastHour = inHour.slice(-60).reduce((sum, one) => sum + one, 0);
            // Add the campaign's minimum price, because AWS bills the campaign even without requests.
            const month = spent + (minute / 60) * table.tpsHour;
            if (lastHour >= 0.05 * limit || month >= limit) crossed ??= minute;
        }
        if (minute % 15 === 0) await simulation.run(runGuard);
        if (simulation.closedReason !== undefined) {
            const from = crossed ?? minute;
            const notifications = simulation.kinds().filter((kind): kind is string => kind !== undefined);
            return {
                what,
                minutes: Math.max(0, minute - from),
                usd: spent,
                hours: (minute - offset) / 60,
                notifications,
            };
        }
        simulation.now += minuteMs;
    }
    return { what, minutes: Number.POSITIVE_INFINITY, usd: spent, hours: 6 * 24, notifications: [] };
}
