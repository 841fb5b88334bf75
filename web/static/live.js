// Says that what a page shows has changed, and leaves it to the reader to see it anew. It hears so by the API's own
// subscription, only while the page is looked at; on coming back it asks once what it has missed. Nothing else moves.
(() => {
  "use strict";
  const place = document.getElementById("changed");
  const ids = place.dataset.ids.split(" ");
  const FIRST_PAUSE = 2_000;
  const LONGEST_PAUSE = 60_000;
  let line = null;
  let pause = FIRST_PAUSE;
  let isOver = false;
  let hasWatched = false;
  let hasTyped = false;

  // A line that is still being laid is closed once it is there: a browser complains of any other way.
  const end = (own) => {
    if (own?.readyState === WebSocket.CONNECTING) own.addEventListener("open", () => own.close());
    else own?.close();
  };

  const say = () => {
    isOver = true;
    end(line);
    place.replaceChildren(document.getElementById("changed-said").content.cloneNode(true));
    place.querySelector("[data-typed]").hidden = !hasTyped;
    place.querySelector("[data-later]").addEventListener("click", () => {
      place.replaceChildren();
      document.getElementById("main").focus({ preventScroll: true });
    });
  };

  const askWhatWasMissed = async () => {
    const answer = await fetch("/graphql", {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/graphql-response+json" },
      body: JSON.stringify({ query: place.dataset.missed, variables: { ids } }),
    }).then((found) => found.json()).catch(() => null);
    const since = Date.parse(place.dataset.since);
    const times = (answer?.data?.nodes ?? []).flatMap((node) => node?.timeline?.nodes ?? []);
    if (!isOver && times.some((event) => Date.parse(event.at) > since)) say();
  };

  const heard = {
    connection_ack: (own) => {
      pause = FIRST_PAUSE;
      own.send(JSON.stringify({ type: "subscribe", id: "1", payload: { query: place.dataset.changes, variables: { ids } } }));
      if (hasWatched) askWhatWasMissed();
      hasWatched = true;
    },
    ping: (own) => own.send(JSON.stringify({ type: "pong" })),
    next: (own, message) => { if (message.payload.data?.changed) say(); },
    error: (own) => { isOver = true; end(own); },
  };

  const listen = () => {
    if (isOver || line || document.hidden) return;
    const own = line = new WebSocket(location.origin.replace(/^http/, "ws") + "/graphql", "graphql-transport-ws");
    own.addEventListener("open", () => own.send(JSON.stringify({ type: "connection_init" })));
    own.addEventListener("message", (event) => {
      const message = JSON.parse(event.data);
      heard[message.type]?.(own, message);
    });
    own.addEventListener("close", (event) => {
      if (own !== line) return;
      line = null;
      if (event.code >= 4400) isOver = true; // whoever watched is nobody here any more
      setTimeout(listen, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    });
  };

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return listen();
    const own = line;
    line = null;
    end(own);
  });
  document.getElementById("main").addEventListener("input", () => {
    hasTyped = true;
    const warning = place.querySelector("[data-typed]");
    if (warning) warning.hidden = false;
  });
  listen();
})();
