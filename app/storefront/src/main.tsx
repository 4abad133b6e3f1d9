import { render } from "preact";
import "../styles/base.css";
import "../styles/controls.css";
import "../styles/header.css";
import "../styles/hero.css";
import "../styles/row.css";
import "../styles/dialogs.css";
import "../styles/drawer.css";
import "../styles/compare.css";
import "../styles/status.css";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { credits, hasPosters, noun, siteName } from "./data-words.ts";
import { useOnline, useRoute } from "./hooks.ts";
import { Compare } from "./pages/compare.tsx";
import { Home } from "./pages/home.tsx";
import { Status } from "./pages/status.tsx";
import { Welcome } from "./pages/welcome.tsx";
import { Announcer } from "./parts/announcer.tsx";
import { Legend } from "./parts/facts.tsx";
import { Header } from "./parts/header.tsx";
import { Search, useSearchKey } from "./parts/search.tsx";
import { Picker } from "./parts/viewer-choice.tsx";
import { hashFor, type Route } from "./route.ts";
import { listenForSignIn, needsToken, useSignedIn } from "./sign-in.ts";
import { currentTheme, showTheme } from "./storage.ts";
import { viewerName } from "./viewers.ts";

const titles = { home: "For you", compare: "Compare", status: "Status", missing: "No such page" } as const;

/** Returns the page: header, view of the current address, and footer. */
function App() {
    const signedIn = useSignedIn();
    const urlRoute = useRoute();
    // A token gives access to the lists of its own viewer only, even if the URL names another viewer.
    const { viewer: _, ...withoutViewer } = urlRoute;
    const route = needsToken ? { ...withoutViewer, ...(signedIn && { viewer: signedIn.viewer }) } : urlRoute;
    const online = useOnline();
    const [picking, setPicking] = useState(false);
    const [searching, setSearching] = useState(false);
    const search = useCallback(() => setSearching(true), []);
    useSearchKey(search);
    const main = useRef<HTMLElement>(null);
    const { page, viewer } = route;

    const first = useRef(true);
    useEffect(() => {
        document.title = `${page === "home" && viewer !== undefined ? `For ${viewerName(viewer)}` : titles[page]} · ${siteName}`;
        // Move focus and scroll position to the start of the new view after a link, but not after the first load.
        if (!first.current) {
            main.current?.focus({ preventScroll: true });
            scrollTo(0, 0);
        }
        first.current = false;
    }, [page, viewer]);

    return (
        <>
            <button type="button" class="skip strong" onClick={() => main.current?.focus()}>
                Skip to the {noun.many}
            </button>
            <Header route={route} onPick={() => setPicking(true)} onSearch={search} />
            {!needsToken && (
                <aside class="open soft" aria-label="Warning">
                    Anyone can change these lists: use no real people's data.
                </aside>
            )}
            {!online && (
                <p class="offline strong text" role="status">
                    You are offline. The page keeps its {noun.many}, but cannot load new ones.
                </p>
            )}
            <main id="main" ref={main} tabIndex={-1}>
                <PageOf route={route} signedIn={signedIn?.viewer} />
            </main>
            <footer class="foot soft fine">
                <Legend />
                <p>
                    {credits !== "" && `${noun.Many} and ratings by ${credits}. `}
                    {hasPosters
                        ? "Posters are drawn by this page from title, year and genre. "
                        : `Tiles are drawn by this page for ${noun.many} without an image. `}
                    Recommendations by Amazon Personalize, or a local stand-in for it.
                </p>
            </footer>
            {picking && <Picker route={route} onClose={() => setPicking(false)} />}
            {searching && <Search route={route} onClose={() => setSearching(false)} />}
            <Announcer />
        </>
    );
}

/** Renders the "not found" page for an address that has no view. */
const Missing = ({ viewer }: { viewer: string | undefined }) => (
    <div class="status">
        <header class="page-head">
            <h1>There is no page at this address</h1>
            <p class="lead soft">
                <a href={hashFor({ page: "home", ...(viewer !== undefined && { viewer }) })}>Go to the {noun.many}</a>
            </p>
        </header>
    </div>
);

function PageOf({ route, signedIn }: { route: Route; signedIn: string | undefined }) {
    const { page, viewer, like } = route;
    if (page === "missing") return <Missing viewer={viewer} />;
    if (page === "status") return <Status key={signedIn ?? ""} />;
    if (viewer === undefined) return <Welcome page={page} />;
    if (page === "home") return <Home key={viewer} viewer={viewer} />;
    return (
        <Compare
            key={viewer}
            viewer={viewer}
            like={like}
            onLike={(itemId) => location.replace(hashFor({ page, viewer, like: itemId }))}
        />
    );
}

showTheme(currentTheme(), false);
listenForSignIn();
const page = document.getElementById("page");
if (page !== null) render(<App />, page);
