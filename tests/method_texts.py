"""``docs/CACH-CHAM.md``: what officers write into the file of a bloc, and every scoring method with its parameters.

The methods' part follows from their models and from the ``EXAMPLE`` of their test files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML

from pipeline.i18n import _
from pipeline.methods.parameters import Parameter, parameters
from pipeline.methods.registry import METHODS
from pipeline.rules.rubric import Bloc
from pipeline.rules.words import rule_words
from tests.methods.declared import of_each_method

HEAD = """# Tệp của một khối và các cách chấm điểm

<!-- Tệp này do lệnh make pictures lập từ các cách chấm điểm của chương trình; không sửa tay. -->

Mỗi khối có một tệp trong thư mục `blocs` của năm, ví dụ `rules/2023/blocs/thon.yaml`. Mở bằng Notepad, lưu ở dạng
UTF-8; thụt đầu dòng bằng dấu cách, không dùng phím Tab. Sửa xong, chạy lệnh `thidua check`: phần mềm chỉ ra từng dòng
sai và cách sửa.

## Tệp của khối

| Ở đầu tệp | Ghi gì |
| --- | --- |
| `code`, `name` | mã không dấu và tên của khối |
| `units` | đơn vị của khối: `code` mã không dấu (tên tệp phiếu), `name` tên đầy đủ, `aliases` các tên gọi khác, \
`email` nơi nhận thư |
| `rubric` | thang bảng điểm của khối, gồm các mục ở bảng sau |

| Trong `rubric` | Ghi gì |
| --- | --- |
| `total` | tổng điểm chuẩn; bằng tổng `points` của các nhóm không ghi `kind` |
| `bonus_cap`, `penalty_cap` | tổng điểm thưởng, tổng điểm trừ nhiều nhất |
| `groups` | nhóm nội dung: `code`, `name`, `points` bằng tổng điểm các tiêu chí của nhóm, `criteria` các tiêu chí. \
`kind: bonus` là nhóm điểm thưởng, `kind: penalty` là nhóm điểm trừ; ở đó `points` là mức tối đa của cả nhóm. `lowest` \
điểm thấp nhất của cả nhóm |
| `classification` | xếp loại, từ cao xuống thấp: `name`, `from` từ bao nhiêu điểm; `each_group` mỗi nhóm đạt ít nhất \
bấy nhiêu %; `no_penalty` không bị trừ điểm ở các tiêu chí này; `quota` không quá bấy nhiêu % số đơn vị được xếp hạng \
(ghi 40 cho 40 %, làm tròn xuống); `places` không quá bấy nhiêu đơn vị, dùng cho giải thưởng có số lượng (các giải có \
thể cùng `from`). Nhiều đơn vị cùng hạng ở ranh giới thì ghi cả hai loại (“Xuất sắc / Tốt”) để Hội đồng quyết định, và \
chỉ số đơn vị dôi ra mới tính vào loại sau |
| `round_at` | làm tròn ở đâu: `criterion` từng tiêu chí rồi mới cộng (không ghi thì theo cách này); `group` chỉ làm \
tròn tổng của nhóm; `total` chỉ làm tròn tổng điểm, như các bộ chỉ số đã công bố. Số chữ số thập phân ghi ở `decimals` \
của `plan.yaml`; phần chưa làm tròn giữ 6 chữ số thập phân |
| `ties` | khi bằng điểm, xét lần lượt: `by: criterion` hoặc `by: group` là điểm cao hơn ở tiêu chí, nhóm ghi ở \
`code`; `by: penalty` là ít điểm trừ hơn; `by: received` là gửi phiếu sớm hơn |
| `exclusions` | trường hợp không xếp hạng: `code`, `reason` lý do; `when: no_report` là không gửi phiếu; \
`when: criterion` là theo tiêu chí ghi ở `criterion`: có câu trả lời trong `one_of` (tên mức ghi ở `levels`, hoặc Có, \
Không) hoặc kết quả từ `at_least` trở lên, tính cả đúng số đó (`at_least: 2` là từ 2) |

| Ở một tiêu chí | Ghi gì |
| --- | --- |
| `code`, `name`, `unit`, `points` | mã, nội dung, đơn vị tính, điểm chuẩn |
| `score` | cách chấm, một trong các cách ở phần sau |
| `target` | chỉ tiêu chung cho mọi đơn vị; không ghi thì từng đơn vị tự nhập chỉ tiêu được giao |
| `low`, `high` | kết quả nhỏ nhất (không ghi là 0, muốn nhận số âm thì ghi ví dụ `low: -60`), lớn nhất có thể có (100 \
nếu là tỷ lệ %); ghi ngoài khoảng này là lỗi, không phải 0 điểm |
| `whole` | `true`: chỉ nhận số nguyên |
| `evidence` | `true`: phải ghi minh chứng |
| `guidance` | lời hướng dẫn hiện trong phiếu |
| `required` | `true`: phải trả lời dù ở nhóm thưởng, nhóm trừ |
| `inputs` | tiêu chí cần nhiều số liệu: mỗi số liệu là một dòng riêng trong phiếu, mã như `KT1.SL`. Mỗi số liệu ghi \
`code`, `name` và nếu cần `unit`, `low`, `high`, `whole`, `required`, `guidance`; `yes_no: true` là câu hỏi có – không |
| `of` | lấy chỉ tiêu và kết quả ở dòng của tiêu chí khác (`of: KT1`), đơn vị không nhập lại |
| `only_if` | chỉ cho điểm khi tiêu chí (`criterion`) hoặc nhóm (`group`) khác đạt mức ở `reaches`, xét theo điểm phần \
mềm tính: `{criterion: KT1, reaches: full}` là đủ điểm chuẩn, `{group: I, reaches: 15}` là từ 15 điểm |
| `lowest` | điểm thấp nhất, khi được phép xuống dưới 0 (`lowest: -2`) |
| `not_for` | các đơn vị không áp dụng tiêu chí, ví dụ `[thon-3]`; điểm chuẩn của đơn vị đó được quy đổi theo phần áp \
dụng (68,32 trên 84 điểm áp dụng là 81,33 trên 100) |
| `counts` | `models` hoặc `movements`: kết quả là số mô hình, công trình hoặc số phong trào mà đơn vị kê ở trang \
tương ứng của phiếu; kê ít hơn thì phần mềm nhắc xem lại, điểm không đổi |
| `no_data` | đơn vị ghi “Không có dữ liệu” (hoặc KCDL) thay cho số thì xử lý thế nào: `zero` là 0 điểm, ghi rõ lý do; \
`left_out` là không tính tiêu chí, điểm chuẩn được quy đổi như ở `not_for`; `not_ranked` là không xếp hạng đơn vị. \
Không ghi thì phiếu phải có số liệu. Tiêu chí có nhiều số liệu ở `inputs`: thiếu một số liệu cũng là không có dữ liệu. \
Không phát sinh là số 0, không phải là không có dữ liệu |
| `source` | `days_late`: phần mềm đếm số ngày nộp muộn; `council`: chỉ Hội đồng chấm (`score: {method: appraised}`) |

Cách tính chung, cũng ghi trong phiếu và trong bảng Excel của thang bảng điểm:

- Điểm làm tròn từ 5 trở lên; tiêu chí có nhiều số liệu tính từ tất cả các số liệu rồi làm tròn một lần, không làm \
tròn ở giữa.
- Tỷ lệ % và kết quả được so sánh với các mức (`bands`, `floor`, `cap`, …) sau khi làm tròn đến 6 chữ số thập phân: \
99,9999996 % là đạt mức 100, 99,99 % thì chưa. Bậc từ `from` tính cả đúng số đó, đến dưới `to`.
- Số ngày muộn ghi ở `days_late` của `plan.yaml`: `started` (không ghi thì theo cách này) là cứ 24 giờ kể từ giờ hết \
hạn, ngày mới bắt đầu cũng tính; `calendar` là số ngày theo lịch sau ngày hết hạn, phiếu muộn trong ngày hết hạn tính \
1 ngày.
- `levels` là các mức mà đơn vị chọn, mức cao nhất bằng điểm chuẩn; mức ở nhóm điểm trừ ghi số điểm bị trừ, không có \
dấu trừ.

## Các cách chấm

Ghi ở `score` của tiêu chí, ví dụ `score: {method: ratio, floor: 50, zero_target: none}`. Cách chấm nào so kết quả với
chỉ tiêu thì phải ghi `zero_target` nếu chỉ tiêu có thể bằng 0: `full` là đủ điểm, `none` là 0 điểm, `by_actual` là như
đã đạt chỉ tiêu nếu kết quả đạt, ngược lại như chưa làm được gì.
"""

TABLE = "\n| Thông số | Tên trong thang bảng điểm | Ghi gì | Không ghi thì |\n| --- | --- | --- | --- |\n"
TYPES = {Decimal: "số", str: "chữ", bool: "`true` hoặc `false`"}


def methods_page() -> str:
    """The page, in the language in use."""
    examples = of_each_method("EXAMPLE")
    listed = ", ".join(f"[{method}](#{method})" for method in METHODS)
    return f"{HEAD}\n{listed}\n" + "".join(_section(method, examples[method].strip()) for method in METHODS)


def _section(method: str, example: str) -> str:
    rows = "".join(_rows(parameters(METHODS[method])))
    return (
        f"\n### {method}\n\n{_(METHODS[method].about)}\n{TABLE + rows if rows else ''}"
        f"\n```yaml\n{example}\n```\n\nPhần mềm đọc là: {example_words(example)}\n"
    )


def _rows(of: tuple[Parameter, ...], above: str = "") -> Iterator[str]:
    for each in of:
        otherwise = "(phải ghi)" if each.needed else _default(each.default)
        yield f"| {above}`{each.key}` | {_name(each)} | {_values(each)} | {otherwise} |\n"
        yield from _rows(each.parts, f"{above}`{each.key}` → ")


def _name(of: Parameter) -> str:
    if not of.listed:
        return _(of.title)
    return ", ".join(_(of.numbered).format(n=n) for n in (1, 2)) + ", …"


def _values(of: Parameter) -> str:
    if of.parts:
        return "danh sách, mỗi phần ghi:"
    if of.options:
        return "; ".join(f"`{option}`: {_(words)}" for option, words in of.options.items())
    return f"danh sách {TYPES[of.type]}" if of.listed else TYPES[of.type]


def _default(value: Any) -> str:
    if value is None or value == ():
        return "–"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


# --- the examples -------------------------------------------------------------------------------------


def example_words(example: str) -> str:
    """What a rubric says of the criterion's rule."""
    rubric = example_bloc(example).rubric
    return rule_words(rubric, list(rubric.criteria.values())[-1][1], 2)


def example_bloc(example: str) -> Bloc:
    """A bloc of one base criterion, the example of ``ratio``, and the criterion of the example in a bonus group."""
    first = _criterion(of_each_method("EXAMPLE")["ratio"])
    criterion = _criterion(example)
    base = {"code": "I", "name": "Nhóm I", "points": first["points"], "criteria": [first]}
    bonus = {"code": "T", "name": "Thưởng", "kind": "bonus", "points": criterion["points"], "criteria": [criterion]}
    return Bloc.model_validate(
        {
            "code": "thon",
            "name": "Khối thôn",
            "units": [{"code": "thon-1", "name": "Thôn 1"}],
            "rubric": {
                "total": first["points"],
                "groups": [base] if criterion == first else [base, bonus],
                "classification": [{"name": "Đạt", "from": 0}],
            },
        }
    )


def _criterion(example: str) -> Mapping[str, Any]:
    (criterion,) = YAML(typ="safe").load(example)
    return criterion  # type: ignore[no-any-return]
