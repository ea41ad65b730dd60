// Keeps the page of `radsweep serve` up to date: asks where the sweep stands, and fetches the page
// again when it would be another one.
'use strict';
(() => {
  const pause_ms = 2000;
  const line = document.getElementById('live');
  const name_of = (page) => page.querySelector('meta[name="radsweep-page"]').content;
  let shown = name_of(document);

  const share = (beat) => Math.floor((100 * beat.step) / Math.max(beat.total_steps, 1)) + ' %';
  const tell = ({counts, eta_s, live, orchestrator}) => {
    const parts = [`${counts.done} of ${counts.total} runs done`];
    for (const state of ['running', 'pending', 'waiting', 'stopping', 'failed', 'cancelled']) {
      if (counts[state] > 0) parts.push(`${counts[state]} ${state}`);
    }
    if (eta_s !== null) parts.push(`about ${Math.ceil(eta_s / 60)} min left`);
    const runs = live.map((run) => run.run + (run.beat ? ` (${share(run.beat)})` : ''));
    line.textContent = parts.join(', ') + '. ' +
        (runs.length > 0 ? `Running: ${runs.join(', ')}. ` : '') +
        (orchestrator.running ? '' : 'Nobody is at work on this sweep.');
  };

  const renew = async () => {
    const answer = await fetch('/', {cache: 'no-store'});
    if (!answer.ok) throw new Error(answer.statusText);
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const open = [...document.querySelectorAll('details')].map((details) => details.open);
    for (const part of ['main', '.subtitle']) {
      document.querySelector(part).replaceWith(fresh.querySelector(part));
    }
    document.querySelectorAll('details').forEach((details, i) => { details.open = open[i] ?? false; });
    shown = name_of(fresh);
  };

  const look = async () => {
    try {
      const answer = await fetch('/status.json', {cache: 'no-store'});
      if (!answer.ok) throw new Error(answer.statusText);
      const {page, status} = await answer.json();
      tell(status);
      if (page !== shown) await renew();
    } catch (failure) {
      line.textContent = `radsweep serve does not answer (${failure.message}): this is what it said last.`;
    }
    setTimeout(look, pause_ms);
  };
  look();
})();
