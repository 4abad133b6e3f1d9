import { dirname, join } from "node:path";

/** Default path of the CSV, relative to the project's folder, where npm runs commands. */
export const DEFAULT_OUTPUT = "data/personalize_interactions_fixed.csv";

/** Returns the path of `catalogue.json`, in the folder of the interactions CSV. */
export const cataloguePathBeside = (csvPath: string) => join(dirname(csvPath), "catalogue.json");

/** Returns the paths of the Items dataset's files, in the folder of the interactions CSV. */
export const itemsPathsBeside = (csvPath: string) => ({
    csv: join(dirname(csvPath), "items.csv"),
    schema: join(dirname(csvPath), "items.schema.json"),
});

/** Returns the path of the fallback tables: popular, trending and similar films. */
export const tablesPathBeside = (csvPath: string) => join(dirname(csvPath), "fallback-tables.json");

/** Returns the paths of a Users dataset's files. */
export const usersPathsBeside = (csvPath: string) => ({
    csv: join(dirname(csvPath), "users.csv"),
    schema: join(dirname(csvPath), "users.schema.json"),
});

/** Returns the path of the manifest, which describes the prepared files. */
export const manifestPathBeside = (csvPath: string) => join(dirname(csvPath), "manifest.json");
