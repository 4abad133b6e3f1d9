import { hashFor } from "../route.ts";
import type { Health } from "../words.ts";

const stateWords = {
    away: "The campaign is away",
    resting: "The campaign rests for some seconds",
} as const;

/** Tells that lists are not the campaign's just now, and what they are instead. It lies over the hero, so nothing moves. */
export function Banner({ health, viewer }: { health: Health | undefined; viewer: string }) {
    const state = health?.campaign.state;
    if (health === undefined || state === undefined || state === "serving") return null;
    const parked = health.notice !== undefined;
    return (
        <p class="banner" role="status">
            <strong>{parked ? "The campaign is parked" : stateWords[state]}.</strong> These lists were kept or prepared
            before, or come from what people watch. <a href={hashFor({ page: "status", viewer })}>Why</a>
        </p>
    );
}
