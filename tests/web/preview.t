#!/bin/bash
# preview.t - the page of `newsletter preview --open` in Chromium: what it shows, without script, by pointer and keyboard, narrow and wide, in light and
# dark; and that no mail breaks out of its frame (preview.js).
. "$(dirname "$0")/lib.sh"

web_site
export PAGES=$tmp/pages
mkdir "$PAGES"
newsletter article import "$root/tests/data/site/articles" >/dev/null || bail "import failed"
newsletter preview articles --page "$PAGES/digest.html" >/dev/null || bail "no page of the digest"
newsletter preview articles --language es --page "$PAGES/digest-es.html" >/dev/null || bail "no page in Spanish"

# A long promotion with what lint finds, and one that wants out.
{
	printf -- '---\nsubject: "Re: A first conversation this spring, without pressure, for everybody who would like to have one"\n---\n'
	for i in {1..40}; do
		printf '## Part %d\n\nA night without sleep is no catastrophe. [Read](http://www.quietharbour.example/%d) of it.\n\n![](https://www.quietharbour.example/%d.png)\n\n' \
			"$i" "$i" "$i"
	done
} >"$tmp/long.md"
newsletter preview "$tmp/long.md" --page "$PAGES/long.html" >/dev/null || bail "no page of the long promotion"
cat >"$tmp/hostile.md" <<'END'
---
subject: "</title></style></iframe>\"'><script>alert('subject')</script>"
preheader: "</span></pre><img src=x onerror=alert(1)>"
---
</iframe></pre></textarea><script>alert('body')</script> &quot;&#34;&lt;/iframe&gt; "><svg onload=alert(2)>

<style>@media (prefers-color-scheme: dark) { * { color: red } }</style> (prefers-color-scheme: dark)

<iframe srcdoc="&lt;script&gt;alert(3)&lt;/script&gt;"></iframe> [a](javascript:alert(4)) ![b](https://www.quietharbour.example/"onerror=alert(5))
END
newsletter preview "$tmp/hostile.md" --page "$PAGES/hostile.html" >/dev/null || bail "no page of the hostile promotion"
conf_add campaign raw_html=yes
newsletter preview "$tmp/hostile.md" --page "$PAGES/hostile-raw.html" >/dev/null || bail "no page of the hostile promotion with raw HTML"
node "$root/tests/web/preview.js" || bail "preview.js ended with a failure"
