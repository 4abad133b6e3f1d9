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
import "../styles/tabs.css";
import { App } from "./app.tsx";
import { listenForSignIn } from "./sign-in.ts";
import { currentTheme, showTheme } from "./theme.ts";

showTheme(currentTheme(), false);
listenForSignIn();
const page = document.getElementById("page");
if (page !== null) render(<App />, page);
