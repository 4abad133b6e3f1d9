import { filterFault } from "./filter-grammar.ts";
import type { configValues } from "./values.ts";

/** Resources that config `adopt` can name; the program always creates its own imports and versions. */
export const adoptables = ["schema", "datasetGroup", "dataset", "solution", "campaign", "eventTracker"] as const;
export type Adoptable = (typeof adoptables)[number];

export const recipes = ["aws-user-personalization", "aws-user-personalization-v2", "aws-hrnn"] as const;

/** Recipe and training, and the resources around them. */
export interface TrainingConfig {
    /** Recipe name without its ARN; undefined with AutoML. */
    readonly recipe: string | undefined;
    readonly performAutoML: boolean;
    readonly performAutoTraining: boolean;
    /** Days between two automatic trainings. */
    readonly autoTrainingDays: number;
    /** Whether the campaign serves the newest version, including automatically trained ones. */
    readonly syncWithLatestSolutionVersion: boolean;
    /** Filter expressions by name. */
    readonly filters: Readonly<Record<string, string>>;
    /** ARNs of existing resources that the program shall manage. */
    readonly adopt: Readonly<Partial<Record<Adoptable, string>>>;
    /** Quality that a retrained version needs before the campaign serves it; percent. */
    readonly qualityGate: { readonly maximumNdcgDrop: number; readonly minimumNdcgOverPopularity: number };
}

/** Reads and checks the training values; `values` collects the problems. */
export function parseTraining({
    bad,
    text,
    oneOf,
    number,
    texts,
    flag,
}: ReturnType<typeof configValues>): TrainingConfig {
    const performAutoML = flag("performAutoML");
    const recipe = text("recipe");
    if (performAutoML && recipe !== "") {
        bad(
            "performAutoML",
            `is true while recipe is "${recipe}": with AutoML Personalize chooses the recipe. ` +
                'Run `pulumi config set recipe ""`, or `pulumi config set performAutoML false`',
            ["recipe"],
        );
    }
    if (!performAutoML || !["", ...recipes].includes(recipe)) {
        oneOf("recipe", recipes, recipe === "" ? ["performAutoML"] : []);
    }
    const performAutoTraining = flag("performAutoTraining");
    const syncWithLatestSolutionVersion = flag("syncWithLatestSolutionVersion");
    if (syncWithLatestSolutionVersion && !performAutoTraining) {
        bad(
            "syncWithLatestSolutionVersion",
            "is true while performAutoTraining is false: without automatic training `pulumi up` creates every new version " +
                "and switches to it. Set both or neither",
            ["performAutoTraining"],
        );
    }
    const adopt = texts("adopt");
    for (const [key, arn] of Object.entries(adopt)) {
        if (!adoptables.includes(key as Adoptable)) {
            bad(`adopt.${key}`, `cannot be adopted; allowed are ${adoptables.join(", ")}`);
        } else if (!/^arn:[^:]+:personalize:[^:]+:\d{12}:[^/]+\/.+$/.test(String(arn))) {
            bad(`adopt.${key}`, `is "${arn}", which is not the ARN of a Personalize resource. See: npm run adopt`);
        }
    }
    const filters = texts("filters");
    for (const [name, expression] of Object.entries(filters)) {
        if (!/^[a-zA-Z0-9][a-zA-Z0-9_-]{0,62}$/.test(name)) {
            bad(`filters.${name}`, "is not a valid filter name: 1 to 63 letters, digits, - and _");
            continue;
        }
        const fault = typeof expression === "string" ? filterFault(expression) : undefined;
        if (fault !== undefined) {
            bad(`filters.${name}`, `is wrong at column ${fault.column}: ${fault.reason}`);
        }
    }
    return {
        recipe: recipe === "" ? undefined : recipe,
        performAutoML,
        performAutoTraining,
        autoTrainingDays: number("autoTrainingDays", 1, true, 30),
        syncWithLatestSolutionVersion,
        adopt,
        filters,
        qualityGate: {
            maximumNdcgDrop: number("maximumNdcgDropPercent", 0, false, 100),
            minimumNdcgOverPopularity: number("minimumNdcgOverPopularityPercent", -100, false),
        },
    };
}
