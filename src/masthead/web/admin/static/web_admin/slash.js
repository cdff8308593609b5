// "/" in a paragraph offers the other blocks, and cuts the text in two where it stands. The shell hands these abilities to rich text
// that is a block by itself; ours is a field of its block, beside language and conditions, and gets them from here.
(() => {
  "use strict";
  const Struct = window.telepath?.constructors["wagtail.blocks.StructBlock"];
  if (!Struct) return;

  window.telepath.register("wagtail.blocks.StructBlock", class extends Struct {
    render(placeholder, prefix, state, error, capabilities) {
      const text = this.childBlockDefsByName.text;
      if (this.name !== "text" || !text || !capabilities?.get("split")) return super.render(placeholder, prefix, state, error, capabilities);
      let block = null;
      const whole = capabilities.get("split");
      // Both halves keep the rest of the block: its language, where it is shown and to whom.
      const fn = (before, after, ...rest) => {
        const settings = block.getState();
        // As stored text: its field holds the words at once, that of an editor a quarter of a second later.
        const second = JSON.stringify(window.Draftail.serialiseEditorStateToRaw(after));
        whole.fn({ ...settings, text: before }, { ...settings, text: second }, ...rest);
      };
      const handed = new Map(capabilities).set("split", { ...whole, fn });
      const given = Object.create(text, { render: { value: (place, name, value, wrong) => text.render(place, name, value, wrong, handed) } });
      const own = Object.create(this, { childBlockDefsByName: { value: { ...this.childBlockDefsByName, text: given } } });
      block = super.render.call(own, placeholder, prefix, state, error);
      block.setCapabilityOptions = (name, options) => block.childBlocks.text.setCapabilityOptions(name, options);
      return block;
    }
  });
})();
