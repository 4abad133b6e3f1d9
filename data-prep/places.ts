import { dirname, join } from "node:path";

/** Default path of the CSV, relative to the project's folder, where npm runs commands. */
export const DEFAULT_OUTPUT = "data/personalize_interactions_fixed.csv";

/** Returns the paths of the files that data-prep writes into the folder of the interactions CSV. */
export const filesBeside = (csvPath: string) => {
    const beside = (name: string) => join(dirname(csvPath), name);
    return {
        /** Description of the prepared files. */
        manifest: beside("manifest.json"),
        catalogue: beside("catalogue.json"),
        /** The fallback tables: popular, trending and similar films. */
        tables: beside("fallback-tables.json"),
        items: beside("items.csv"),
        itemsSchema: beside("items.schema.json"),
        users: beside("users.csv"),
        usersSchema: beside("users.schema.json"),
    };
};
