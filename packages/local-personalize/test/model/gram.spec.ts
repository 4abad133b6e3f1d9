import assert from "node:assert/strict";
import fc from "fast-check";
import { pairSums } from "../../model/gram.ts";

describe("pairSums", () => {
    it("pairSums weights each pair of items by the distance in the history, and each user by the number of events", () => {
        const { gram, directed } = pairSums([[0, 1, 2]], 3);
        const user = (100 / 3) ** 0.4;
        const near = user * (0.1 + 0.9 * 2 ** (-1 / 20));
        const far = user * (0.1 + 0.9 * 2 ** (-2 / 20));
        const expected = [user + 250, 0, 0, near, user + 250, 0, far, near, user + 250];
        gram.forEach((value, at) => {
            assert.ok(Math.abs(value - (expected[at] ?? 0)) < 1e-9, `entry ${at}`);
        });
        const [next, afterNext] = [user * 2 ** (-1 / 10), user * 2 ** (-2 / 10)];
        const follows = [0, next, afterNext, 0, 0, next, 0, 0, 0];
        directed.forEach((value, at) => {
            assert.ok(Math.abs(value - (follows[at] ?? 0)) < 1e-6, `directed entry ${at}`);
        });
    });

    it("pairSums returns the same sums as a simple loop over all pairs", () => {
        const n = 5;
        const events = fc.array(fc.record({ item: fc.nat(n - 1), weight: fc.integer({ min: 0, max: 4 }) }), {
            minLength: 1,
            maxLength: 90,
        });
        const property = fc.property(fc.array(events, { maxLength: 4 }), (users) => {
            const [gram, directed] = [new Float64Array(n * n), new Float64Array(n * n)];
            for (const history of users) {
                const user = (100 / history.length) ** 0.4;
                history.forEach((a, i) => {
                    history.forEach((b, j) => {
                        const pair = user * a.weight * b.weight;
                        const at = a.item * n + b.item;
                        gram[at] = (gram[at] ?? 0) + pair * (0.1 + 0.9 * 2 ** (-Math.abs(i - j) / 20));
                        if (j > i && j - i <= 64) directed[at] = (directed[at] ?? 0) + pair * 2 ** (-(j - i) / 10);
                    });
                });
            }
            const sums = pairSums(
                users.map((history) => history.map(({ item }) => item)),
                n,
                users.map((history) => history.map(({ weight }) => weight)),
            );
            for (let row = 0; row < n; row++) {
                for (let column = 0; column < n; column++) {
                    const at = row * n + column;
                    const follows = row === column ? 0 : (directed[at] ?? 0);
                    assert.ok(Math.abs((sums.directed[at] ?? 0) - follows) < 1e-5 * (1 + follows));
                    // `pairSums` also adds a constant (ridge) to the diagonal, so the values there must be greater.
                    const together = column < row ? (gram[at] ?? 0) : 0;
                    if (column !== row) assert.ok(Math.abs((sums.gram[at] ?? 0) - together) < 1e-8 * (1 + together));
                    else assert.ok((sums.gram[at] ?? 0) > (gram[at] ?? 0));
                }
            }
        });
        fc.assert(property);
    });
});
