import { assertExit, type TestAws } from "./local-aws.ts";

interface Step {
    readonly op: string;
    readonly urn: string;
}

/** What only follows the price and the limit, which nearly every change moves. */
const followsPrice = /movie-recommender:(cost|observability):/;

/**
 * Last words of the types of what a preview would do, by operation; without the updates of what watches over the money,
 * of which test/e2e/price.spec.ts tells.
 */
export async function planned(aws: TestAws): Promise<Record<string, string[]>> {
    const preview = await aws.engine("preview", "--json");
    assertExit(preview, 0);
    const { steps } = JSON.parse(preview.stdout) as { steps: Step[] };
    const plan: Record<string, string[]> = {};
    for (const { op, urn } of steps.filter(isTold)) {
        const type = urn.split("::")[2]?.split(/[:/$]/).at(-1) ?? urn;
        plan[op] = [...(plan[op] ?? []), type].sort();
    }
    return plan;
}

const isTold = ({ op, urn }: Step) => op !== "same" && !(op === "update" && followsPrice.test(urn));
