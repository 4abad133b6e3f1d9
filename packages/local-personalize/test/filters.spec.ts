import assert from "node:assert/strict";
import {
    campaignArn,
    datasetGroupArn,
    fetchFilms,
    films,
    filmsBucket,
    genresOf,
    history,
    itemsArn,
    itemsCsv,
    openFilmsService,
    post,
    usersArn,
    yearOf,
} from "./films-service.ts";
import { arn, refuses, runImportJob, serviceOf } from "./support.ts";

const user = "22";
const watched = new Set(history.filter((row) => `${row.user}` === user).map(({ item }) => item));

describe("Filters of the local Personalize", () => {
    const bucket = filmsBucket();
    const service = serviceOf(async () => (await openFilmsService(bucket)).service);

    let count = 0;
    const create = async (filterExpression: string) => {
        const name = `filter-${++count}`;
        const { filterArn } = await service.personalize.createFilter({ name, datasetGroupArn, filterExpression });
        return String(filterArn);
    };
    const ask = (filterArn: string | undefined, filterValues?: Record<string, string>, userId = user) =>
        fetchFilms(service, { campaignArn, userId, filterArn, filterValues, numResults: 500 });
    /** Creates a filter, uses it and deletes it, because the number of filters is limited. */
    const filtered = async (expression: string, filterValues?: Record<string, string>, userId = user) => {
        const filterArn = await create(expression);
        try {
            return await ask(filterArn, filterValues, userId);
        } finally {
            await service.personalize.deleteFilter({ filterArn });
        }
    };
    const allOf = async (keep: (film: number) => boolean) => (await ask(undefined)).filter(keep);

    it("INCLUDE with IN keeps the order and the scores of the matching items", async () => {
        const list = await filtered('INCLUDE ItemID WHERE Items.GENRES IN ("Taste1","Nonsense")');
        assert.deepEqual(list, await allOf((film) => film % 5 === 1));
        assert.ok(list.length > 5);
    });

    it("EXCLUDE compares numbers, and keeps items that have no value", async () => {
        const list = await filtered("EXCLUDE ItemID WHERE Items.RELEASE_YEAR > 1950");
        assert.deepEqual(list, await allOf((film) => !((yearOf(film) ?? 0) > 1950)));
    });

    it("AND binds closer than OR, and keywords and field names are case-insensitive", async () => {
        const list = await filtered(
            'include itemid where ITEMS.genres in ("Taste1") and items.release_year <= 1920 or Items.GENRES NOT IN ("Even") AND Items.RELEASE_YEAR >= 2040',
        );
        const expected = await allOf(
            (film) =>
                (film % 5 === 1 && (yearOf(film) ?? 9999) <= 1920) ||
                (!genresOf(film).includes("Even") && (yearOf(film) ?? 0) >= 2040),
        );
        assert.deepEqual(list, expected);
        assert.ok(list.length > 1);
    });

    it("an item without a value matches only NOT IN and !=", async () => {
        assert.deepEqual(
            await filtered("INCLUDE ItemID WHERE Items.RELEASE_YEAR != 1902"),
            await allOf((film) => film !== 2),
        );
        assert.deepEqual(
            await filtered("EXCLUDE ItemID WHERE Items.RELEASE_YEAR NOT IN (1902, 1903)"),
            await allOf((film) => film === 2 || film === 3),
        );
        assert.deepEqual(await filtered('INCLUDE ItemID WHERE Items.STUDIO NOT IN ("Ufa")'), await ask(undefined));
        assert.deepEqual(
            await filtered("INCLUDE ItemID WHERE Items.RELEASE_YEAR >= -1"),
            await allOf((film) => film !== 1),
        );
        assert.deepEqual(
            await filtered('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE != "watch"'),
            await ask(undefined),
        );
        const again = await filtered('INCLUDE ItemID WHERE Interactions.EVENT_TYPE NOT IN ("click")');
        assert.equal(again.length, watched.size);
    });

    it("filterValues replace the placeholders of IN and of comparisons, and invalid values are rejected", async () => {
        const filterArn = await create("INCLUDE ItemID WHERE Items.GENRES IN ($GENRE) AND Items.RELEASE_YEAR < $YEAR");
        const values = { GENRE: '"Taste2", "Taste3"', YEAR: "1990" };
        const expected = await allOf((film) => [2, 3].includes(film % 5) && (yearOf(film) ?? 9999) < 1990);
        assert.deepEqual(await ask(filterArn, values), expected);
        assert.deepEqual(await ask(filterArn, { ...values, YEAR: "1800" }), []);
        assert.deepEqual(await ask(filterArn, values), expected);
        const bad = async (given: Record<string, string>, message: RegExp) => refuses(ask(filterArn, given), message);
        await bad({ GENRE: '"Taste2"' }, /\$YEAR needs a value/);
        await bad({ ...values, GENRES: '"a"' }, /no placeholder \$GENRES; it has: \$GENRE, \$YEAR/);
        await bad({ ...values, GENRE: "Taste2" }, /strings in double quotes or numbers/);
        await bad({ ...values, YEAR: '"old"' }, /RELEASE_YEAR is a number \(int\), and cannot be compared with "old"/);
        await bad({ ...values, YEAR: "1,2" }, /takes one value, and is given 2/);
    });

    it("an EXCLUDE clause has no effect if the request lacks its filter value", async () => {
        const filterArn = await create("EXCLUDE ItemID WHERE Items.GENRES IN ($GENRE)");
        assert.deepEqual(await ask(filterArn), await ask(undefined));
        assert.deepEqual(
            await ask(filterArn, { GENRE: '"Even"' }),
            await allOf((film) => !genresOf(film).includes("Even")),
        );
    });

    it("a filter keeps the items that match any INCLUDE clause and no EXCLUDE clause, in any order of the clauses", async () => {
        const list = await filtered(
            'EXCLUDE ItemID WHERE Items.RELEASE_YEAR < 1910 | INCLUDE ItemID WHERE Items.GENRES IN ("Taste1") | INCLUDE ItemID WHERE Items.GENRES IN ("Taste2")',
        );
        const expected = await allOf((film) => [1, 2].includes(film % 5) && !((yearOf(film) ?? 9999) < 1910));
        assert.deepEqual(list, expected);
    });

    it("INCLUDE on Interactions compares the event type without regard to case", async () => {
        const again = await filtered('INCLUDE ItemID WHERE Interactions.event_type IN ("WATCH")');
        assert.deepEqual(
            again.toSorted((a, b) => a - b),
            [...watched].sort((a, b) => a - b),
        );
        assert.deepEqual(await filtered('INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click")'), []);
    });

    it("EXCLUDE on Interactions with * applies to events of any type", async () => {
        for (const any of ["*", '"*"']) {
            const list = await filtered(
                `INCLUDE ItemID WHERE Items.GENRES IN ("Even") | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN (${any})`,
            );
            assert.deepEqual(list, await allOf((film) => film % 2 === 0 && !watched.has(film)));
        }
    });

    it("IF limits a clause to users with matching attributes", async () => {
        const filterArn = await create(
            'EXCLUDE ItemID WHERE Items.GENRES IN ("Even") IF CurrentUser.AGE < 30 AND CurrentUser.PLAN = "Basic"',
        );
        assert.ok((await ask(filterArn, undefined, "22")).every((film) => film % 2 === 1));
        assert.ok((await ask(filterArn, undefined, "40")).some((film) => film % 2 === 0));
        assert.deepEqual(await ask(filterArn, undefined, "nobody"), await ask(undefined, undefined, "nobody"));
        const older = { datasetArn: usersArn, users: [{ userId: "22", properties: '{"age":31,"plan":"Basic"}' }] };
        assert.equal((await post(service, "/users", older)).status, 200);
        assert.ok((await ask(filterArn, undefined, "22")).some((film) => film % 2 === 0));
    });

    it("a filter uses item values of PutItems and of full and incremental imports", async () => {
        const filterArn = await create('INCLUDE ItemID WHERE Items.STUDIO = "Ufa"');
        const [first = 0, second = 0, third = 0] = await ask(undefined);
        const sorted = async () => (await ask(filterArn)).toSorted((a, b) => a - b);
        const byNumber = (list: number[]) => list.toSorted((a, b) => a - b);
        assert.deepEqual(await sorted(), []);
        const properties = JSON.stringify({ studio: "Ufa", genres: "Taste1|Even", releaseYear: 1927 });
        const put = { datasetArn: itemsArn, items: [{ itemId: `${first}`, properties }] };
        assert.deepEqual(await post(service, "/items", put), { status: 200, body: undefined });
        assert.deepEqual(await sorted(), [first]);

        const importItems = async (jobName: string, csv: string, importMode: "FULL" | "INCREMENTAL") => {
            bucket.objects["movies/more.csv"] = csv;
            const job = { jobName, datasetArn: itemsArn, dataLocation: "s3://movies/more.csv", importMode };
            assert.equal((await runImportJob(service, job)).status, "ACTIVE");
        };
        await importItems("more", itemsCsv([second, third], "Ufa"), "INCREMENTAL");
        assert.deepEqual(await sorted(), byNumber([first, second, third]));
        await importItems("instead", itemsCsv([first], "Mosfilm"), "INCREMENTAL");
        assert.deepEqual(await sorted(), byNumber([second, third]));
        await post(service, "/items", put);
        await importItems("all", itemsCsv(films), "FULL");
        bucket.objects["movies/long.csv"] = itemsCsv([1]).replace("Taste1", "x".repeat(1001));
        const long = { jobName: "long", datasetArn: itemsArn, dataLocation: "s3://movies/long.csv" };
        const { failureReason } = await runImportJob(service, long);
        assert.match(String(failureReason), /Length cannot be more than 1000 characters for GENRES/);
        assert.deepEqual(await sorted(), [first], "a full import leaves what was put");
    });

    it("PutItems and PutUsers reject properties that the schema lacks", async () => {
        const put = async (properties: string, datasetArn = itemsArn) =>
            (await post(service, "/items", { datasetArn, items: [{ itemId: "1", properties }] })).body.message;
        assert.match(await put('{"colour":"red"}'), /1 has the property colour, for which its schema has no column/);
        assert.match(await put('{"releaseYear":"1927"}'), /RELEASE_YEAR that is not of type int/);
        assert.match(await put('{"releaseYear":2147483648}'), /RELEASE_YEAR that is not of type int/);
        assert.match(await put(`{"genres":"${"x".repeat(1001)}"}`), /Length cannot be more than 1000 characters/);
        assert.match(await put("[]"), /not a JSON object/);
        assert.match(await put("{}", usersArn), /PutItems is for a dataset of type ITEMS/);
        const gone = { datasetArn: arn("dataset/none/ITEMS"), items: [{ itemId: "1" }] };
        assert.equal((await post(service, "/items", gone)).status, 404);
        const ageless = { datasetArn: usersArn, users: [{ userId: "9", properties: "{}" }] };
        assert.match((await post(service, "/users", ageless)).body.message, /9 has no value for AGE/);
    });

    const refused: [expression: string, message: RegExp | string][] = [
        [
            "EXCLUDE ItemID WHERE Items.GENRES NOT IN ($GENRE)",
            "Could not create filter. Invalid input symbol: $GENRE. Placeholders are not allowed with NOT_IN operator.",
        ],
        ['INCLUDE ItemID WHERE Items.IN_COLOUR IN ("true")', /Invalid Expression: .*IN_COLOUR is of type boolean/],
        ['INCLUDE ItemID WHERE Items.PLOT IN ("A")', /Invalid Expression: .*textual/],
        ['INCLUDE ItemID WHERE Items.PRICE IN ("A")', /the Items dataset has no field PRICE; it has ITEM_ID, GENRES/],
        ['INCLUDE ItemID WHERE Items.RELEASE_YEAR = "new"', /cannot be compared with "new"/],
        ['INCLUDE ItemID WHERE Items.GENRES > "A"', /is a string, which > cannot compare \(character 22\)/],
        [
            'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("a") | EXCLUDE UserID WHERE Users.AGE > 3',
            /all clauses must have the same subject/,
        ],
        ["INCLUDE ItemID WHERE Items.GENRES IN (*)", /\* is for Interactions.EVENT_TYPE only/],
        ["EXCLUDE ItemID WHERE Interactions.TIMESTAMP > 3", /of Interactions only EVENT_TYPE/],
        ['EXCLUDE ItemID WHERE Users.AGE IN ("3")', /filtered by Interactions or Items, and not by Users/],
        ['INCLUDE ActionID WHERE Actions.TYPE IN ("a")', /A filter of ActionID is not emulated here/],
        [
            'INCLUDE UserID WHERE Items.GENRES IN ("Even")',
            /UserID can be filtered by Interactions or Users, and not by Items/,
        ],
    ];
    for (const [expression, message] of refused) {
        it(`CreateFilter rejects ${expression}`, async () => {
            await refuses(create(expression), message);
        });
    }

    it("DescribeFilter and ListFilters return a filter until DeleteFilter deletes it", async () => {
        const expression = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Watch")';
        const filterArn = await create(expression);
        assert.equal(filterArn, arn(`filter/filter-${count}`));
        const { filter } = await service.personalize.describeFilter({ filterArn });
        assert.deepEqual(
            [filter?.status, filter?.filterExpression, filter?.datasetGroupArn],
            ["ACTIVE", expression, datasetGroupArn],
        );
        const listed = async () =>
            ((await service.personalize.listFilters({ datasetGroupArn })).Filters ?? []).map((each) => each.filterArn);
        assert.ok((await listed()).includes(filterArn));
        await service.personalize.deleteFilter({ filterArn });
        assert.ok(!(await listed()).includes(filterArn));
        await refuses(
            service.personalize.describeFilter({ filterArn }),
            `The given filter does not exist: ${filterArn}`,
            "ResourceNotFoundException",
        );
        await refuses(ask(filterArn), /filter/, "ResourceNotFoundException");
    });

    it("GetRecommendations rejects a filter of another dataset group, and filterValues without a filter", async () => {
        await service.personalize.createDatasetGroup({ name: "other" });
        const other = { name: "other", datasetGroupArn: arn("dataset-group/other") };
        const expression = { filterExpression: 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Watch")' };
        await service.personalize.createFilter({ ...other, ...expression });
        await refuses(ask(arn("filter/other")), /not of the same dataset group/);
        const noFilter = { campaignArn, userId: user, filterValues: { A: '"b"' } };
        await refuses(service.runtime.getRecommendations(noFilter), /give its filterArn too/);
    });
});
