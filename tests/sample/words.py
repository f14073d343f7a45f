"""What units write: models and works, activities in the movements, nominations. All of it is invented.

``{unit}`` is the unit's name, ``{n}`` a number of households, people or metres that fits the sentence.
"""

from __future__ import annotations

from dataclasses import dataclass

WORK, MODEL = "Công trình", "Mô hình"


@dataclass(frozen=True)
class Built:
    """A model or a work: kind, name, what was done, cost in million đồng (0: none to speak of), effect."""

    kind: str
    name: str
    content: str
    cost: float
    result: str


MODELS: dict[str, tuple[Built, ...]] = {
    "thon": (
        Built(MODEL, "Tuyến đường hoa tự quản", "Trồng và chăm sóc {n} m đường hoa; mỗi tổ tự quản một đoạn.", 18,
              "Đường thôn sạch, đẹp; 100 % hộ dọc tuyến ký cam kết giữ gìn."),
        Built(MODEL, "Camera an ninh thôn", "Vận động Nhân dân góp kinh phí lắp 8 điểm camera ở các ngả đường.", 56,
              "Giúp Công an xã làm rõ 02 vụ việc; số vụ mất trộm giảm so với năm 2022."),
        Built(WORK, "Thắp sáng đường quê", "Lắp 24 bóng đèn năng lượng mặt trời trên đường liên thôn.", 43.2,
              "Nhân dân đi lại an toàn buổi tối."),
        Built(WORK, "Bê tông hóa đường nội thôn", "Nhân dân hiến đất, góp ngày công làm {n} m đường bê tông.", 145,
              "Hoàn thành tiêu chí giao thông của thôn."),
        Built(MODEL, "Nhà sạch, vườn đẹp, phân loại rác tại nguồn", "Cấp thùng phân loại rác cho {n} hộ.", 12.5,
              "Rác thải sinh hoạt được phân loại, thu gom đúng lịch."),
        Built(MODEL, "Mã QR nộp các khoản đóng góp không dùng tiền mặt", "Niêm yết mã QR tại nhà văn hóa thôn.", 0,
              "{n} hộ đã nộp qua ngân hàng; thu, chi công khai."),
        Built(WORK, "Sân thể thao nhà văn hóa thôn", "San nền, lắp 6 dụng cụ thể dục ngoài trời.", 68,
              "Trên 40 % người dân luyện tập thường xuyên."),
        Built(MODEL, "Tổ đánh bắt an toàn, không vi phạm vùng biển", "Tập hợp các chủ tàu, thuyền nhỏ ký cam kết.", 3.5,
              "Không có phương tiện vi phạm trong năm."),
    ),
    "doan-the": (
        Built(MODEL, "Mỗi tuần một địa chỉ nhân đạo", "Trao quà, nhu yếu phẩm cho hộ khó khăn theo địa chỉ cụ thể.", 26,
              "{n} lượt hộ được giúp đỡ."),
        Built(MODEL, "Tổ tiết kiệm và vay vốn gắn kết", "Góp vốn xoay vòng, hướng dẫn sử dụng vốn đúng mục đích.", 85,
              "{n} hội viên được vay vốn; không có nợ quá hạn."),
        Built(WORK, "Tuyến đường thanh niên, phụ nữ tự quản", "Dọn vệ sinh, sơn kẻ {n} m đường vào ngày cuối tuần.", 8,
              "Không còn điểm đổ rác tự phát trên tuyến."),
        Built(MODEL, "Chuyển đổi số trong sinh hoạt chi hội", "Lập nhóm trực tuyến, lấy ý kiến qua mã QR.", 0,
              "Tỷ lệ dự sinh hoạt tăng so với năm 2022."),
        Built(WORK, "Nhà nghĩa tình", "Vận động kinh phí, ngày công xây dựng 01 căn nhà cho hộ nghèo.", 80,
              "Bàn giao trước ngày 30/11/2023."),
        Built(MODEL, "Vườn rau an toàn hội viên", "Hướng dẫn kỹ thuật, bao tiêu rau cho các hộ hội viên.", 22,
              "Thu nhập tăng thêm của mỗi hộ ước 1,5 triệu đồng mỗi tháng."),
        Built(MODEL, "Đội hình hỗ trợ dịch vụ công trực tuyến", "Trực tại bộ phận một cửa sáng thứ Hai, thứ Năm.", 0,
              "Hướng dẫn {n} lượt người dân nộp hồ sơ trực tuyến."),
        Built(MODEL, "Biến rác thành tiền", "Thu gom phế liệu gây quỹ tặng thẻ bảo hiểm y tế.", 9.6,
              "Tặng 12 thẻ bảo hiểm y tế cho hội viên khó khăn."),
    ),
    "chuyen-mon": (
        Built(MODEL, "Chuyển đổi số trong tra cứu thủ tục", "Mã QR tra cứu thành phần hồ sơ từng thủ tục.", 2.4,
              "Giảm số lần người dân phải bổ sung hồ sơ."),
        Built(MODEL, "Ngày thứ Sáu không hẹn", "Giải quyết và trả kết quả ngay trong buổi đối với thủ tục đơn giản.", 0,
              "{n} hồ sơ được trả ngay trong buổi."),
        Built(MODEL, "Hồ sơ điện tử dùng chung", "Số hóa {n} hồ sơ lưu trữ, đặt tên theo một quy ước.", 15,
              "Thời gian tìm hồ sơ còn dưới 5 phút."),
        Built(MODEL, "Nụ cười công sở", "Niêm yết chuẩn giao tiếp; khảo sát mức độ hài lòng hằng tháng.", 1.2,
              "Không có phản ánh về thái độ phục vụ."),
        Built(WORK, "Góc đọc sách và tra cứu pháp luật", "Bố trí tủ sách, 02 máy tra cứu tại nơi tiếp công dân.", 21,
              "Người dân có chỗ tra cứu trong khi chờ."),
        Built(MODEL, "Họp không giấy", "Gửi tài liệu họp qua hệ thống văn bản, ký số 100 % giấy mời.", 0,
              "Tiết kiệm khoảng 60 ram giấy trong năm."),
        Built(MODEL, "Tin nhắn nhắc hẹn", "Nhắn tin nhắc lịch hẹn, lịch trả kết quả cho người dân.", 1.5,
              "Giảm số lượt người dân phải chờ; {n} tin đã gửi trong quý IV."),
        Built(MODEL, "Mỗi người một phần việc mới", "Mỗi thành viên đăng ký một việc cải tiến, báo cáo hằng quý.", 0,
              "Các phần việc đăng ký đều có kết quả."),
    ),
    "truong-hoc": (
        Built(MODEL, "Cổng trường an toàn giao thông", "Phân luồng giờ đưa đón, kẻ vạch chờ, lập đội xung kích.", 7.5,
              "Không ùn tắc trước cổng trường."),
        Built(WORK, "Thư viện xanh", "Góc đọc ngoài trời với {n} đầu sách do phụ huynh và học sinh quyên góp.", 14,
              "Mỗi tuần khoảng 100 lượt đọc."),
        Built(MODEL, "Trường học không tiền mặt", "Thu các khoản qua ngân hàng, đối soát hằng ngày.", 0,
              "Giảm thời gian thu, không sai lệch số liệu."),
        Built(WORK, "Vườn trường em chăm", "Cải tạo {n} m² vườn rau, cây thuốc nam phục vụ học tập.", 9,
              "Trẻ em, học sinh được trải nghiệm thực tế."),
        Built(MODEL, "Đôi bạn cùng tiến", "Ghép cặp học sinh kèm nhau; giáo viên theo dõi hằng tuần.", 0,
              "Không có học sinh phải lưu ban vì học yếu."),
        Built(MODEL, "Bữa ăn học đường an toàn", "Kiểm thực ba bước, lưu mẫu, công khai thực đơn mỗi ngày.", 5,
              "Không xảy ra mất an toàn thực phẩm."),
    ),
}  # fmt: skip

ACTIVITIES: dict[str, tuple[str, str]] = {
    "PT1": ("Ra quân chỉnh trang đường làng, vận động hiến đất, góp ngày công.", "Đạt và vượt chỉ tiêu đăng ký."),
    "PT2": ("Giới thiệu lao động, hỗ trợ hộ kinh doanh kê khai, đăng ký trực tuyến.", "Hộ kinh doanh chấp hành tốt."),
    "PT3": ("Vận động Quỹ Vì người nghèo; thăm, tặng quà hộ nghèo dịp lễ, Tết.", "Không có hộ nghèo phát sinh mới."),
    "PT4": ("Thực hiện quy tắc ứng xử, chấp hành giờ giấc, tiếp dân đúng lịch.", "Không có phản ánh của người dân."),
    "PT5": ("Rà soát, tiết kiệm điện, văn phòng phẩm; tham gia giám sát công trình.", "Tiết kiệm chi theo kế hoạch."),
    "PT6": (
        "Quán triệt nghị quyết trong sinh hoạt định kỳ; đăng ký phần việc cụ thể.",
        "100 % thành viên được học tập.",
    ),
    "PT7": ("Kể chuyện về Bác trong sinh hoạt; mỗi người một việc làm theo.", "Biểu dương gương điển hình."),
    "PT8": ("Vệ sinh môi trường, diệt lăng quăng; vận động tham gia bảo hiểm y tế.", "Không để bùng phát dịch bệnh."),
    "PT9": ("Khuyến học, khuyến tài; vận động trẻ em ra lớp đúng độ tuổi.", "Trẻ em trong độ tuổi đều ra lớp."),
    "PT10": ("Tuần tra, tuyên truyền phòng, chống tội phạm; vận động thanh niên khám tuyển.", "Địa bàn ổn định."),
    "PT11": ("Phát động thi đua theo đợt; sơ kết, biểu dương hằng quý.", "Hoàn thành nhiệm vụ được giao."),
}
"""Movement of the plan -> what was done, and with what result."""

FIRST_MOVEMENTS: dict[str, tuple[str, ...]] = {
    "thon": ("PT1", "PT3", "PT10", "PT7", "PT8", "PT9", "PT11", "PT5", "PT6", "PT4", "PT2"),
    "doan-the": ("PT3", "PT1", "PT7", "PT11", "PT10", "PT8", "PT6", "PT9", "PT5", "PT2", "PT4"),
    "chuyen-mon": ("PT4", "PT11", "PT7", "PT5", "PT6", "PT1", "PT3", "PT10", "PT8", "PT2", "PT9"),
    "truong-hoc": ("PT9", "PT7", "PT4", "PT11", "PT8", "PT10", "PT3", "PT5", "PT6", "PT1", "PT2"),
}
"""The movements in the order in which units of a bloc take them up."""

COLLECTIVES: dict[str, tuple[tuple[str, str], ...]] = {
    "thon": (
        ("Cán bộ và Nhân dân {unit}", "THON-VH"),
        ("Tổ tự quản số 2, {unit}", "GK-XA-TT"),
        ("Tổ công nghệ số cộng đồng {unit}", "GK-XA-TT"),
    ),
    "doan-the": (("{unit}", "GK-HUYEN-TT"), ("Chi hội, chi đoàn Thôn 2", "GK-XA-TT")),
    "chuyen-mon": (("{unit}", "TTLDTT"), ("Tổ tiếp nhận và trả kết quả", "GK-XA-TT")),
    "truong-hoc": (("{unit}", "TTLDXS"), ("Tổ chuyên môn số 1", "TTLDTT")),
}
"""Who is proposed, and for which award (codes of awards.yaml)."""

PEOPLE: dict[str, tuple[tuple[str, int, str], ...]] = {
    "thon": (
        ("Trưởng thôn", 0, "GK-XA-CN"),
        ("Nông dân sản xuất giỏi", 1, "GK-XA-CN"),
        ("Chi hội trưởng phụ nữ thôn", 1, "GK-XA-CN"),
        ("Tổ viên Tổ công nghệ số cộng đồng", 1, "GK-XA-CN"),
    ),
    "doan-the": (
        ("Phó Chủ tịch", 0, "LDTT"),
        ("Ủy viên Ban Chấp hành", 1, "GK-XA-CN"),
        ("Chi hội trưởng Thôn 4", 1, "GK-XA-CN"),
    ),
    "chuyen-mon": (
        ("Phụ trách bộ phận", 0, "CSTDCS"),
        ("Công chức", 1, "LDTT"),
        ("Người hoạt động không chuyên trách", 1, "GK-XA-CN"),
    ),
    "truong-hoc": (
        ("Phó Hiệu trưởng", 0, "CSTDCS"),
        ("Giáo viên", 1, "LDTT"),
        ("Tổ trưởng chuyên môn", 1, "LDTT"),
        ("Nhân viên", 1, "GK-XA-CN"),
    ),
}
"""Position, role (place in the form's list of roles), award; a weak unit proposes the last alone."""

NAMES = ("Nguyễn Văn Mẫu", "Trần Thị Mẫu", "Lê Văn Mẫu", "Phạm Thị Mẫu", "Hoàng Văn Mẫu", "Võ Thị Mẫu")
"""Plainly nobody; a letter behind the name tells two of them apart."""

DEEDS = (
    "Hoàn thành xuất sắc nhiệm vụ được giao năm 2023; tích cực tham gia các phong trào thi đua.",
    "Vận động {n} hộ tham gia mô hình của đơn vị; gương mẫu trong công việc chung.",
    "Nhiều năm hoàn thành tốt nhiệm vụ, được tập thể tín nhiệm.",
    "Có cách làm hay, hiệu quả, được đơn vị bạn học tập.",
)
INITIATIVES = (
    "",
    "Mẫu sổ theo dõi dùng chung trên bảng tính.",
    "Dùng mã QR để lấy ý kiến người dân.",
    "",
)

SIGNERS: dict[str, tuple[str, str]] = {
    "thon": ("Thư ký thôn", "Trưởng thôn"),
    "doan-the": ("Ủy viên thường vụ", "Chủ tịch"),
    "chuyen-mon": ("Công chức", "Phụ trách bộ phận"),
    "truong-hoc": ("Văn thư", "Hiệu trưởng"),
}
"""Positions of who fills the form in and of who signs it."""

POSITION_OF_SIGNER: dict[str, str] = {
    "doan-thanh-nien": "Bí thư",
    "cong-an": "Trưởng Công an xã",
    "quan-su": "Chỉ huy trưởng",
    "tram-y-te": "Trạm trưởng",
}
"""Where it is not the bloc's usual one."""
