import type { EmulatorOptions } from "../emulator.ts";
import { interactionsCsv, syntheticRatings } from "./interactions.ts";
import {
    addDataset,
    arn,
    column,
    createBucket,
    createDataset,
    createSchema,
    fetchItems,
    runImportJob,
    type Service,
    startService,
    trainRecipe,
} from "./support.ts";

const ratings = syntheticRatings();

/** The ratings of the training data, oldest first. */
export const history = ratings.toSorted((a, b) => a.timestamp - b.timestamp);

/** All rated films. */
export const films = [...new Set(ratings.map(({ item }) => item))].sort((a, b) => a - b);

/**
 * Returns the genres of film n: Taste0 to Taste4 and, for even numbers, Even. Its year is 1900 + n; film 1 has no year.
 */
export const genresOf = (film: number) => [`Taste${film % 5}`, ...(film % 2 === 0 ? ["Even"] : [])];
export const yearOf = (film: number) => (film === 1 ? undefined : 1900 + film);

export const itemsSchema = createSchema(
    "Items",
    column("ITEM_ID"),
    column("GENRES", ["null", "string"], { categorical: true }),
    column("RELEASE_YEAR", ["null", "int"]),
    column("STUDIO", ["null", "string"]),
    column("IN_COLOUR", ["null", "boolean"]),
    column("PLOT", ["null", "string"], { textual: true }),
);
const usersSchema = createSchema("Users", column("USER_ID"), column("AGE", "int"), column("PLAN", ["null", "string"]));

export const itemsCsv = (chosen: readonly number[], studio = "") =>
    `ITEM_ID,GENRES,RELEASE_YEAR,STUDIO,IN_COLOUR,PLOT\n${chosen
        .map((film) => `${film},${genresOf(film).join("|")},${yearOf(film) ?? ""},${studio},true,A film.\n`)
        .join("")}`;

/** CSV of users 1 to 60: user n is n years old and has the plan Basic. */
const usersCsv = `USER_ID,AGE,PLAN\n${Array.from({ length: 60 }, (_, user) => `${user + 1},${user + 1},Basic\n`).join("")}`;

export const campaignArn = arn("campaign/films");
export const datasetGroupArn = arn("dataset-group/films");
export const itemsArn = arn("dataset/films/ITEMS");
export const usersArn = arn("dataset/films/USERS");
export const solutionArn = arn("solution/films");

/** Returns a bucket with interactions, items and users. */
export const filmsBucket = () =>
    createBucket({
        "movies/interactions.csv": interactionsCsv(ratings),
        "movies/items.csv": itemsCsv(films),
        "movies/users.csv": usersCsv,
    });

/** Creates Items and Users datasets in the group films and imports them. */
export async function createCatalogue(service: Service): Promise<void> {
    for (const [datasetType, schema] of Object.entries({ Items: itemsSchema, Users: usersSchema })) {
        const name = datasetType.toLowerCase();
        await addDataset(service, { datasetGroupArn }, { name, datasetType, schema, file: `${name}.csv` });
    }
}

/**
 * Starts a service with imported data, a trained solution and a campaign. Uses speed instant, so that this takes a
 * second. `more` are further options of the emulator.
 */
export async function openFilmsService(bucket = filmsBucket(), more: Partial<EmulatorOptions> = {}) {
    const service = await startService({ access: bucket.access, ...more });
    const { datasetArn } = await createDataset(service);
    await runImportJob(service, { jobName: "first", datasetArn, dataLocation: "s3://movies/interactions.csv" });
    await createCatalogue(service);
    const solutionVersionArn = await trainRecipe(service, "aws-user-personalization", { name: "films" });
    await service.personalize.createCampaign({ name: "films", solutionVersionArn });
    return { service, bucket, solutionVersionArn };
}

/** Returns the numbers of the films that a campaign or recommender recommends. */
export const fetchFilms = async (service: Service, input: Parameters<typeof fetchItems>[1]) =>
    (await fetchItems(service, input)).map(({ itemId }) => Number(itemId));

/** Posts to the REST path of personalize-events. */
export async function post({ endpoint }: Service, path: string, body: object) {
    const response = await fetch(endpoint + path, { method: "POST", body: JSON.stringify(body) });
    const text = await response.text();
    return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}
