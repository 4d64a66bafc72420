// The sounds of a live picture: a tone when a standard plane is held, an alarm when it is lost or is
// long in coming, and a short one when a clip is safe. Browsers play nothing before the user's first gesture. Put before the script of
// each component that sounds.
const sound = {
  context: null,
  muted: false,
  volume: 0.5,
  read() {
    try {
      const kept = JSON.parse(localStorage.getItem("echolab.sound") || "{}");
      this.muted = kept.muted === true;
      if (kept.volume >= 0 && kept.volume <= 1) this.volume = kept.volume;
    } catch { /* a browser that keeps nothing: the defaults stand */ }
  },
  keep() {
    try {
      localStorage.setItem("echolab.sound", JSON.stringify({ muted: this.muted, volume: this.volume }));
    } catch { /* the setting lasts as long as the page */ }
  },
  ready() {
    if (!this.context && navigator.userActivation?.hasBeenActive) {
      this.context = new AudioContext();
    }
    if (this.context?.state === "suspended") this.context.resume();
    return this.context !== null;
  },
  // notes: [frequency in Hz, start in s, length in s]
  play(notes, shape, loudness) {
    if (this.muted || !this.ready()) return false;
    const now = this.context.currentTime + 0.02;
    for (const [hertz, start, length] of notes) {
      const tone = this.context.createOscillator();
      const gain = this.context.createGain();
      const peak = Math.max(this.volume * loudness, 0.0001);
      tone.type = shape;
      tone.frequency.value = hertz;
      gain.gain.setValueAtTime(0.0001, now + start);
      gain.gain.exponentialRampToValueAtTime(peak, now + start + 0.02);
      gain.gain.setValueAtTime(peak, now + start + length - 0.05);
      gain.gain.exponentialRampToValueAtTime(0.0001, now + start + length);
      tone.connect(gain).connect(this.context.destination);
      tone.start(now + start);
      tone.stop(now + start + length + 0.02);
    }
    return true;
  },
  standard() { return this.play([[660, 0, 0.16], [880, 0.15, 0.3]], "sine", 0.6); },
  kept() { return this.play([[1320, 0, 0.07], [1760, 0.08, 0.09]], "sine", 0.25); },
  alarm() { return this.play([[310, 0, 0.16], [247, 0.2, 0.26]], "square", 0.22); },
};
sound.read();
