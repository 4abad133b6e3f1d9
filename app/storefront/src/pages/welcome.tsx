import { useState } from "preact/hooks";
import { ApiError } from "../api.ts";
import { type Act, act, noun, person } from "../data-words.ts";
import { Trouble } from "../parts/announcer.tsx";
import { EverybodysRows } from "../parts/listed-row.tsx";
import { Artwork } from "../parts/poster.tsx";
import { ViewerChoice } from "../parts/viewer-choice.tsx";
import { hashFor, type Page } from "../route.ts";
import { needsToken } from "../sign-in.ts";
import { newViewer, watchItem } from "../viewers.ts";
import type { ListedItem } from "../words.ts";
import { useOpened } from "./opened.tsx";

const scene = { title: "Evening over the ridge", year: null, genres: ["Adventure"] };

/**
 * Renders the first page of a visitor who has not chosen a viewer. If the visitor watches an item on it, the page
 * creates a new viewer.
 */
export function Welcome({ page }: { page: Page }) {
    const [failed, setFailed] = useState<{ readonly item: ListedItem; readonly act: Act; readonly error: ApiError }>();
    const watch = async (item: ListedItem, act: Act) => {
        const viewer = newViewer();
        try {
            await watchItem(viewer, item, undefined, act);
            location.hash = hashFor({ page, viewer });
        } catch (error) {
            if (!(error instanceof ApiError)) throw error;
            setFailed({ item, act, error });
        }
    };
    const { opens, dialog } = useOpened({
        who: "you",
        watched: [],
        onWatch: (item, _, act) => watch(item, act),
    });
    return (
        <>
            <section class="hero welcome stage" aria-labelledby="hero-title">
                <div class="hero-art">
                    <Artwork item={scene} />
                </div>
                <div class="hero-words">
                    <h1 class="hero-item" id="hero-title">
                        {needsToken
                            ? `Sign in to see your ${noun.many}`
                            : page === "compare"
                              ? `Choose a ${person.one} to compare`
                              : `Choose a ${person.one}`}
                    </h1>
                    {needsToken ? (
                        <p class="hero-facts soft">
                            The site around this page signs you in. Below are {noun.many} for everyone.
                        </p>
                    ) : (
                        <>
                            <p class="hero-facts soft">
                                Pick a {person.one} to see their recommendations, or be someone new: the lists become
                                yours as you {act}.
                            </p>
                            <ViewerChoice page={page} />
                        </>
                    )}
                </div>
            </section>
            {failed && <Trouble error={failed.error} onAgain={() => watch(failed.item, failed.act)} />}
            <EverybodysRows {...opens} />
            {dialog}
        </>
    );
}
