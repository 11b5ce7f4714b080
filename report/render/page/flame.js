// The page of a flame graph starts here, behind all of the flame_*.js.
document.title = data.title + " - aprof";
$("title").textContent = data.title;
$("summary").textContent = data.summary;
readHash();
buttons();
$("search").value = state.query;
view = views[state.view] = readView(data.views[state.view]);
setDark(state.dark);
setView(state.view);
started = true;
setUp(state.up);
listen();
