import { prices } from "../../../config/prices.ts";
import type { ListedPrice } from "./price-list.ts";
import { usageKind } from "./usage-kind.ts";

export type PriceName = keyof typeof prices;

/** A price of ours and what AWS lists for the same, both in US dollars for our unit. */
export interface MatchedPrice {
    readonly name: PriceName;
    readonly ourUsd: number;
    readonly listedUsd: number;
}

/** Products of Personalize that this project never buys, by a word of theirs. */
const others = /recommender|batch|segment|metadata|domain|e-?commerce|video|(?<!inter|trans)action/i;
const v2 = /v2\b|v2[-_:]/i;

const tiersOfTpsHours: Readonly<Record<number, PriceName>> = {
    0: "tpsHour",
    20000: "tpsHourFrom20k",
    200000: "tpsHourFrom200k",
};

/**
 * Which of our prices a listed one is; undefined unless its words and its unit leave no doubt. AWS's usage types for
 * Personalize are not known to us, so the unit must be the one that our price is for.
 */
export function matchPrice(listed: ListedPrice): MatchedPrice | undefined {
    const text = `${listed.usageType} ${listed.description}`;
    const unit = readUnit(listed.unit);
    if (others.test(text) || unit === undefined) {
        return undefined;
    }
    const name = nameOf(usageKind(text), unit.of, v2.test(text), listed.from);
    if (name === undefined) {
        return undefined;
    }
    const perThousand = name === "trainingInteractionsV2" || name === "requestsV2";
    return { name, ourUsd: prices[name].usd, listedUsd: (listed.usd * (perThousand ? 1000 : 1)) / unit.count };
}

/** How far a listed price is from ours, as a part of ours: 0.01 is 1 %. */
export const deviation = ({ ourUsd, listedUsd }: MatchedPrice) => Math.abs(listedUsd - ourUsd) / ourUsd;

function nameOf(
    kind: ReturnType<typeof usageKind>,
    unit: "gb" | "hours" | "interactions" | "requests",
    isV2: boolean,
    from: number,
): PriceName | undefined {
    if (kind === "campaign" && unit === "hours" && !isV2) {
        return tiersOfTpsHours[from];
    }
    if (from > 0) {
        return undefined;
    }
    if (kind === "import" && unit === "gb") {
        return "ingestion";
    }
    if (kind === "training" && unit === "hours" && !isV2) {
        return "trainingHour";
    }
    if (kind === "training" && unit === "interactions") {
        return "trainingInteractionsV2";
    }
    return kind === "campaign" && unit === "requests" && isV2 ? "requestsV2" : undefined;
}

/** A unit of AWS's as what is counted and how many of them: `1K Requests`, `GB`, `Hrs`. */
function readUnit(
    text: string,
): { readonly of: "gb" | "hours" | "interactions" | "requests"; readonly count: number } | undefined {
    const [, digits = "", thousand, words = ""] = /^(\d[\d,]*)?(k(?=[\s-]))?[\s-]*(.*)$/i.exec(text.trim()) ?? [];
    const count = (digits === "" ? 1 : Number(digits.replaceAll(",", ""))) * (thousand ? 1000 : 1);
    if (/^(gb|gigabytes?)$/i.test(words)) {
        return { of: "gb", count };
    }
    if (/^((tps|training)[\s-]?)?(hrs?|hours?)$/i.test(words)) {
        return { of: "hours", count };
    }
    if (/^interactions?$/i.test(words)) {
        return { of: "interactions", count };
    }
    return /^(requests?|recommendations?)$/i.test(words) ? { of: "requests", count } : undefined;
}
