import { type Likeness, timeAwareCosine } from "../../data-prep/tables/similar.ts";

/** Counts every pair of a history equally, and every user equally. */
const plain = { userWeight: () => 1, kernel: Array.from({ length: 501 }, () => 1) };

const cosine = (shrinkage: number): Likeness => ({
    ...plain,
    score: (both, one, other) => both / (Math.sqrt(one * other) + shrinkage),
});
const jaccard = (shrinkage: number): Likeness => ({
    ...plain,
    score: (both, one, other) => both / (one + other - both + shrinkage),
});

/** Dunning's G² of a pair among this many users; negative if the two avoid each other. */
function logLikelihood(users: number): Likeness {
    const xLogX = (x: number) => (x > 0 ? x * Math.log(x) : 0);
    const score = (both: number, one: number, other: number) => {
        const [onlyOne, onlyOther, neither] = [one - both, other - both, users - one - other + both];
        const g =
            2 * (xLogX(both) + xLogX(onlyOne) + xLogX(onlyOther) + xLogX(neither) + xLogX(users)) -
            2 * (xLogX(one) + xLogX(users - one) + xLogX(other) + xLogX(users - other));
        return both * users < one * other ? -g : g;
    };
    return { ...plain, score };
}

/** The similarity of the tables first, then alternatives, at the best shrinkage of those tried. */
export const likenesses = (users: number): Readonly<Record<string, Likeness>> => ({
    "time-aware cosine": timeAwareCosine,
    "cosine, shrinkage 20": cosine(20),
    "cosine, none": cosine(0),
    "Jaccard, shrinkage 20": jaccard(20),
    "log-likelihood": logLikelihood(users),
});
