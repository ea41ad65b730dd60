#include "orchestrator/report/escape.h"

#include <doctest/doctest.h>

using namespace radsweep::report;

TEST_CASE("html_text leaves no markup and no control characters") {
  CHECK(html_text("a<b> & \"c\" 'd'") == "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;");
  CHECK(html_text("\x1b[31mred") == "\xEF\xBF\xBD[31mred");
  CHECK(html_text("two\nlines") == "two\nlines");
}

TEST_CASE("html_text replaces bytes that are not UTF-8 and keeps those that are") {
  CHECK(html_text("± ∑ 𝄞") == "± ∑ 𝄞");
  CHECK(html_text("\xff\xC3(") == "\xEF\xBF\xBD\xEF\xBF\xBD(");
  CHECK(html_text("\xC0\x80") == "\xEF\xBF\xBD\xEF\xBF\xBD");          // overlong
  CHECK(html_text("\xED\xA0\x80").find("\xED") == std::string::npos);  // surrogate
  CHECK(html_text("cut \xE2\x82") == "cut \xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_CASE("csv_field quotes only what needs it") {
  CHECK(csv_field("plain") == "plain");
  CHECK(csv_field("a,b") == "\"a,b\"");
  CHECK(csv_field("say \"hi\"") == "\"say \"\"hi\"\"\"");
  CHECK(csv_field("two\r\nlines") == "\"two\r\nlines\"");
}

TEST_CASE("latex_text escapes every special character") {
  CHECK(latex_text("50%_&#${}") == "50\\%\\_\\&\\#\\$\\{\\}");
  CHECK(latex_text("a\\b~c^d") == "a\\textbackslash{}b\\textasciitilde{}c\\textasciicircum{}d");
}

TEST_CASE("markdown_cell keeps a cell in its row") {
  CHECK(markdown_cell("a|b\nc*") == "a\\|b c\\*");
}

TEST_CASE("one_line makes foreign text safe for a terminal") {
  CHECK(one_line("a\x1b[2Jb\r\n\tc") == "a [2Jb c");
}

TEST_CASE("abbreviated keeps whole characters and marks what it left out") {
  CHECK(abbreviated("adam", 4) == "adam");
  CHECK(abbreviated("nesterov", 4) == "nes…");
  CHECK(abbreviated("äöüß", 4) == "äöüß");
  CHECK(abbreviated("äöüßx", 3) == "äö…");
  CHECK(abbreviated("", 1) == "");
}
