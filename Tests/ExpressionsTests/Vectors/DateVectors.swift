import Expressions

extension Vector {
  static let date: [Vector] = [
    Vector(
      23, "CDate([StatusHireDate])", ["StatusHireDate": .text("2020-03-16-07:00")], gives: .text("3/16/2020 7:00:00 AM")
    ),
    Vector(24, #"CDate("2021-06-30+08:00")"#, gives: .text("6/29/2021 4:00:00 PM")),
    Vector(25, #"CDate("2009-06-15T01:45:30-07:00")"#, gives: .text("6/15/2009 8:45:30 AM")),
    Vector(26, #"CDate("2024-02-29")"#, gives: .text("2/29/2024 12:00:00 AM")),
    Vector(27, #"CDate("2024-12-31T23:30:00-02:00")"#, gives: .text("1/1/2025 1:30:00 AM")),
    Vector(28, #"CDate("2023-07-04T12:05:09Z")"#, gives: .text("7/4/2023 12:05:09 PM")),
    Vector(29, "CDate([d])", ["d": .null], gives: .error),
    Vector(
      44, #"DateAdd("d", 7, CDate([StatusHireDate]))"#, ["StatusHireDate": .text("2012-03-16-07:00")],
      gives: .text("3/23/2012 7:00:00 AM")),
    Vector(
      45, #"DateAdd("d", -10, CDate([StatusHireDate]))"#, ["StatusHireDate": .text("2012-03-16-07:00")],
      gives: .text("3/6/2012 7:00:00 AM")),
    Vector(
      46, #"DateAdd("ww", 2, CDate([StatusHireDate]))"#, ["StatusHireDate": .text("2012-03-16-07:00")],
      gives: .text("3/30/2012 7:00:00 AM")),
    Vector(
      47, #"DateAdd("m", 10, CDate([StatusHireDate]))"#, ["StatusHireDate": .text("2012-03-16-07:00")],
      gives: .text("1/16/2013 7:00:00 AM")),
    Vector(
      48, #"DateAdd("yyyy", 2, CDate([StatusHireDate]))"#, ["StatusHireDate": .text("2012-03-16-07:00")],
      gives: .text("3/16/2014 7:00:00 AM")),
    Vector(49, #"DateAdd("m", 1, CDate("2024-01-31"))"#, gives: .text("2/29/2024 12:00:00 AM")),
    Vector(50, #"DateAdd("yyyy", 1, CDate("2024-02-29"))"#, gives: .text("2/28/2025 12:00:00 AM")),
    Vector(51, #"DateAdd("n", 90, CDate("2024-06-01T10:00:00Z"))"#, gives: .text("6/1/2024 11:30:00 AM")),
    Vector(52, #"DateAdd("h", -3, CDate("2024-01-01"))"#, gives: .text("12/31/2023 9:00:00 PM")),
    Vector(53, #"DateAdd("s", 45, Now())"#, now: "2021-07-02T15:33:38Z", gives: .text("7/2/2021 3:34:23 PM")),
    Vector(54, #"DateAdd("q", 1, Now())"#, now: "2021-07-02T15:33:38Z", gives: .error),
    Vector(55, #"DateDiff("d", CDate("2024-03-01"), CDate("2024-03-11"))"#, gives: .text("10")),
    Vector(56, #"DateDiff("d", CDate("2024-03-11"), CDate("2024-03-01"))"#, gives: .text("-10")),
    Vector(57, #"DateDiff("h", CDate("2024-03-01T10:00:00Z"), CDate("2024-03-01T12:59:00Z"))"#, gives: .text("2")),
    Vector(58, #"DateDiff("m", CDate("2024-01-31"), CDate("2024-02-01"))"#, gives: .text("1")),
    Vector(59, #"DateDiff("yyyy", CDate("2023-12-31"), CDate("2024-01-01"))"#, gives: .text("1")),
    Vector(60, #"DateDiff("ww", CDate("2024-06-07"), CDate("2024-06-09"))"#, gives: .text("1")),
    Vector(61, #"DateDiff("d", Now(), CDate("2025-08-10"))"#, now: "2025-07-30T17:00:00Z", gives: .text("10")),
    Vector(62, "DateFromNum(116444736000000000)", gives: .text("1/1/1970 12:00:00 AM")),
    Vector(
      63, "DateFromNum([lastLogon])", ["lastLogon": .text("116444736000000000")], gives: .text("1/1/1970 12:00:00 AM")),
    Vector(
      66, #"FormatDateTime([extensionAttribute1], , "yyyyMMddHHmmss.fZ", "yyyy-MM-dd")"#,
      ["extensionAttribute1": .text("20150123105347.1Z")], gives: .text("2015-01-23")),
    Vector(
      67, #"FormatDateTime([d], , "yyyy-MM-dd", "dd/MM/yyyy")"#, ["d": .text("2031-04-09")], gives: .text("09/04/2031")),
    Vector(
      68, #"FormatDateTime([d], , "M/d/yyyy h:mm:ss tt", "yyyy-MM-ddTHH:mm:ss")"#, ["d": .text("6/5/2030 1:02:03 PM")],
      gives: .text("2030-06-05T13:02:03")),
    Vector(
      69, #"FormatDateTime([d], , "yyyy-MM-ddzzz", "yyyy-MM-dd")"#, ["d": .text("2030-12-31-08:00")],
      gives: .text("2030-12-31")),
    Vector(70, #"FormatDateTime([d], , "yyyy-MM-dd", "yyyy")"#, ["d": .text("31.12.2030")], gives: .error),
    Vector(71, #"FormatDateTime([d], , "yyyy-MM-dd", "yyyy")"#, ["d": .null], gives: .null),
    Vector(125, "Now()", now: "2021-07-02T15:33:38Z", gives: .text("7/2/2021 3:33:38 PM")),
    Vector(126, #"NumFromDate("1970-01-01T00:00:00Z")"#, gives: .text("116444736000000000")),
    Vector(127, #"NumFromDate("1970-01-01 01:00:00+01:00")"#, gives: .text("116444736000000000")),
  ]
}
