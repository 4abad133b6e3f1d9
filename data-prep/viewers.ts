import { type Columns, countRows } from "./columns.ts";

/** MovieLens viewers with different tastes. Their IDs are public. */
export const knownViewers: readonly string[] = ["22", "6", "122", "13", "201", "405"];
const wanted = knownViewers.length;

/**
 * Returns some users for the demo and the page: MovieLens' known ones if the data has them. For other data, returns
 * users whose histories are longer than those of 40, 50 … 90 % of the users.
 */
export function someViewers({ users, userCount, userIds }: Columns, isMovieLens: boolean): string[] {
    const examples = isMovieLens ? knownViewers.filter((id) => userIds.includes(id)) : [];
    const counts = countRows(users, userCount);
    const order = [...counts.keys()].sort((a, b) => (counts[a] as number) - (counts[b] as number) || a - b);
    const spread = Array.from({ length: wanted }, (_, step) => order[Math.floor(order.length * (0.4 + step / 10))]);
    const others = spread.flatMap((user) => (user === undefined ? [] : [userIds[user] as string]));
    return [...new Set([...examples, ...others])].slice(0, wanted);
}
