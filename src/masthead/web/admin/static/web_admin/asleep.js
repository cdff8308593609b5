// The rich-text fields of a long issue are made when somebody comes near them. Until then their words stand there to be read and
// found; the hidden field that is saved is there from the start. An issue of 500 blocks opens like one of 10 (benchmarks/editor.py).
(() => {
  "use strict";
  if (!window.draftail || !window.telepath) return;
  const Editor = window.draftail.DraftailRichTextArea;
  // Near: what one or two turns of the wheel bring into view.
  const near = new IntersectionObserver((seen) => {
    for (const one of seen) if (one.isIntersecting) one.target.wake();
  }, { rootMargin: "800px 0px", scrollMargin: "800px 0px" });

  class Asleep {
    constructor(editor, container, name, id, state, capabilities, options) {
      this.make = (value) => editor.render(container, name, id, value, capabilities, options);
      this.awake = null;
      this.input = document.createElement("input");
      Object.assign(this.input, { type: "hidden", id, name, value: state });
      for (const [attribute, value] of Object.entries(options?.attributes || {})) this.input.setAttribute(attribute, value);
      this.words = document.createElement("div");
      this.words.className = "desk-asleep";
      this.words.tabIndex = 0;
      this.words.setAttribute("role", "textbox");
      this.words.setAttribute("aria-multiline", "true");
      for (const block of JSON.parse(state)?.blocks || []) {
        const line = document.createElement("p");
        line.dir = "auto";
        line.textContent = block.text;
        this.words.append(line);
      }
      this.words.wake = () => this.wake();
      this.words.addEventListener("focus", () => this.focus());
      // The editor gets the focus before the next key can come, and the caret where the press was: nothing typed is lost.
      this.words.addEventListener("mousedown", (event) => {
        if (event.button) return;
        event.preventDefault();
        this.focus();
        const caret = document.caretRangeFromPoint?.(event.clientX, event.clientY);
        if (caret?.startContainer.parentElement?.closest('[contenteditable="true"]')) getSelection().collapse(caret.startContainer, caret.startOffset);
      });
      container.append(this.input, this.words);
      near.observe(this.words);
    }

    // The real editor, made now if it was not there yet.
    wake() {
      if (this.awake) return this.awake;
      near.unobserve(this.words);
      const name = this.words.getAttribute("aria-label");
      const container = this.input.parentElement;
      const value = this.input.value;
      const wrong = this.input.getAttribute("aria-invalid");
      const after = document.createComment("");
      this.words.replaceWith(after);
      this.input.remove();
      this.awake = this.make(value);
      keep(this.awake.input, value);
      // It appends itself: back to where the words stood, before what else has come to the container.
      for (const made of [this.awake.input, this.awake.input.parentElement.querySelector(":scope > [data-draftail-editor-wrapper]")]) {
        if (made) container.insertBefore(made, after);
      }
      after.remove();
      this.input = this.awake.input;
      if (wrong) this.awake.setInvalid(true);
      if (name) container.querySelector('[contenteditable="true"]')?.setAttribute("aria-label", name);
      return this.awake;
    }

    getValue() { return this.input.value; }
    getState() { return this.awake ? this.awake.getState() : this.input.value; }
    setState(state) { this.wake().setState(state); }
    setInvalid(wrong) {
      if (this.awake) this.awake.setInvalid(wrong);
      else if (wrong) this.input.setAttribute("aria-invalid", "true");
      else this.input.removeAttribute("aria-invalid");
    }
    getTextLabel(options) { return textLabel(this.input.value, options?.maxLength); }
    // At once: the editor's own `focus` waits 50 ms, and what is typed meanwhile goes nowhere.
    focus() { this.wake().input.draftailEditor.focus(); }
    // The block has noted them already in what the editor is made with.
    setCapabilityOptions(capability, options) { this.awake?.setCapabilityOptions(capability, options); }
  }

  // The editor writes the same text down in its own way when it is made. Nobody has changed anything: the field stays as it was,
  // else looking at an issue would save it.
  const keep = (input, loaded) => {
    const native = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
    const meant = meaning(loaded);
    Object.defineProperty(input, "value", {
      get() { return native.get.call(this); },
      set(written) { native.set.call(this, meaning(written) === meant ? loaded : written); },
    });
    input.value = native.get.call(input);
  };
  const meaning = (value) => {
    const content = JSON.parse(value || "null");
    const entity = ({ offset, length, key }) => {
      const { type, mutability, data } = content.entityMap[key];
      return [offset, length, type, mutability, Object.entries(data || {}).sort()];
    };
    const sorted = (list) => list.map((each) => JSON.stringify(each)).sort();
    return content && JSON.stringify(content.blocks.map((block) => [
      block.key, block.text, block.type, block.depth || 0, Object.entries(block.data || {}),
      sorted((block.inlineStyleRanges || []).map(({ offset, length, style }) => [offset, length, style])),
      sorted((block.entityRanges || []).map(entity)),
    ]));
  };

  // An editor writes its text down a quarter of a second after the last key. Who saves sooner, by hand or by the shell, sends all of
  // it: what is posted is asked of the editors themselves.
  const written = new WeakMap();
  document.addEventListener("formdata", ({ target, formData }) => {
    for (const input of target.elements) {
      const text = input.draftailEditor?.getEditorState().getCurrentContent();
      if (!text || written.get(input) === text) continue;
      input.draftailEditor.saveState();
      written.set(input, text);
      if (input.name) formData.set(input.name, input.value);
    }
  });

  // What a folded block says of itself.
  const textLabel = (value, most) => {
    const words = (JSON.parse(value || "null")?.blocks || []).map((block) => block.text).filter(Boolean).join(" ");
    return most && words.length > most ? `${words.slice(0, most - 1)}…` : words;
  };

  window.telepath.register("wagtail.widgets.DraftailRichTextArea", class {
    constructor(options) { this.editor = new Editor(options); }
    // What a block that is not drawn yet posts for it (later.js).
    posted(state) { return state; }
    render(container, name, id, state, capabilities, options) {
      // A state of the editor itself comes from a block cut in two or copied: that one is being worked on.
      if (typeof state !== "string") return this.editor.render(container, name, id, state, capabilities, options);
      return new Asleep(this.editor, container, name, id, state, capabilities, options);
    }
    getByName(name, container) { return this.editor.getByName(name, container); }
  });

  // Blocks are built beside the page and put into it all at once: the shell watches the page for what is added from a dozen places,
  // and each looked through each piece of each block. Who asks the page for a piece by its id meanwhile gets it from the block
  // that is being built.
  const beside = (container) => {
    if (!container?.isConnected) return () => {};
    const place = document.createComment("");
    const find = (selector) => {
      // The block, and the places to insert others before and after it.
      for (let last = container.lastElementChild, tries = 3; last && tries; last = last.previousElementSibling, tries -= 1) {
        const found = last.matches(selector) ? last : last.querySelector(selector);
        if (found) return found;
      }
      return null;
    };
    container.replaceWith(place);
    document.querySelector = (selector) => find(selector) || Document.prototype.querySelector.call(document, selector);
    document.getElementById = (id) => find(`#${CSS.escape(id)}`) || Document.prototype.getElementById.call(document, id);
    return () => {
      delete document.querySelector;
      delete document.getElementById;
      place.replaceWith(container);
    };
  };

  // A text of many blocks is counted once when all are there, not after each: counting looks through everything drawn so far.
  const streams = window.telepath.constructors["wagtail.blocks.StreamBlock"];
  const drawn = new streams("", [], {}, { blockCounts: {}, strings: {} }).render(document.createElement("div").appendChild(document.createElement("div")), "", [], null);
  const Stream = Object.getPrototypeOf(drawn);
  const setState = Stream.setState;
  Stream.setState = function (values) {
    const back = beside(this.sequenceContainer?.[0]);
    this.blockCountChanged = () => {};
    const drawn = window.masthead.later(this, values);
    try { setState.call(this, values); } finally { delete this.blockCountChanged; drawn(); back(); }
    this.blockCountChanged();
  };
})();
