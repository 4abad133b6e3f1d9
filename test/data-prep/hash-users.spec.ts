import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { parse } from "./converting.ts";
import { prepareForEach } from "./preparing.ts";
import { lines } from "./public-tables.ts";

describe("Hashed users' ids", () => {
    const { at, put, run, logged } = prepareForEach();
    const key = "0123456789abcdef0123456789abcdef";
    const mail = (user: number) => `ann${user}@mail.example`;
    /** The id as a shop's site computes it. */
    const hashed = (user: number) => createHmac("sha256", key).update(mail(user)).digest("hex");
    const putEvents = () =>
        put(
            "events.csv",
            lines(
                "email,sku,ts",
                ...Array.from({ length: 1200 }, (_, n) => `${mail(n % 60)},s${n % 97},${1_760_000_000 + 60 * n}`),
            ),
        );

    it("`data-prep` warns if users' ids are mail addresses, and names `--hash-users`", async () => {
        await run({ input: putEvents() });
        const warnings = logged().filter((line) => line.includes("mail addresses"));
        assert.equal(warnings.length, 1);
        assert.match(warnings[0] ?? "", /^warning: the users' ids in column email of .*--hash-users FILE/);
        put("numbers.csv", readFileSync(at("events.csv"), "utf8").replaceAll("@mail.example", ""));
        await run({ input: at("numbers.csv"), output: at("other/data.csv") });
        assert.equal(logged().filter((line) => line.includes("mail addresses")).length, 1);
    });

    it("`--hash-users` writes the same keyed hashes into interactions, users, tables and manifest", async () => {
        const users = put(
            "users.csv",
            lines("email,age", ...Array.from({ length: 60 }, (_, n) => `${mail(n)},${20 + n}`)),
        );
        const hashUsers = put("shop.key", `${key}\n`);
        const { outputPath, usersPath, manifestPath } = await run({ input: putEvents(), users, hashUsers });
        const texts = [outputPath, usersPath ?? "", manifestPath].map((path) => readFileSync(path, "utf8"));
        const [interactions = [], attributes = []] = texts.slice(0, 2).map(parse);
        const all = Array.from({ length: 60 }, (_, n) => hashed(n)).toSorted();
        assert.deepEqual([...new Set(interactions.slice(1).map(([user]) => user))].toSorted(), all);
        assert.deepEqual(
            attributes.slice(1).map(([user, age]) => [user, age]),
            Array.from({ length: 60 }, (_, n) => [hashed(n), String(20 + n)]),
        );
        const { viewers, options } = JSON.parse(texts[2] ?? "");
        assert.ok(viewers.length > 0 && viewers.every((viewer: string) => all.includes(viewer)));
        assert.deepEqual(options.slice(-2), ["--hash-users", hashUsers]);
        assert.doesNotMatch(texts.join(), new RegExp(`@mail|${key}`));
        assert.equal(
            logged().some((line) => line.includes("mail addresses")),
            false,
        );
    });

    it("`data-prep` refuses to replace hashed ids by plain ones, or by hashes of another key", async () => {
        const input = putEvents();
        const hashUsers = put("shop.key", key);
        const { outputPath } = await run({ input, hashUsers });
        const before = readFileSync(outputPath);
        await assert.rejects(run({ input }), /has hashed users' ids, and this run has no key.* --hash-users FILE$/);
        await assert.rejects(
            run({ input, hashUsers: put("other.key", key.toUpperCase()) }),
            /this run has another key.* --hash-users FILE$/,
        );
        assert.deepEqual(readFileSync(outputPath), before);
        await run({ input, hashUsers });
    });

    it("`--hash-users` rejects a missing file and a short key, and prints the command that makes one", async () => {
        for (const hashUsers of [at("none.key"), put("short.key", "secret\n")]) {
            await assert.rejects(run({ input: putEvents(), hashUsers }), {
                message: `${hashUsers} has no key of at least 16 characters for --hash-users. Make one:  openssl rand -hex 32 > ${hashUsers}`,
            });
        }
    });
});
