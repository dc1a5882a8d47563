import Expressions
import Testing

@Suite struct DateTests {
  @Test(
    arguments: [
      ("2024-02-29", "2/29/2024 12:00:00 AM"), ("2024-2-9", "2/9/2024 12:00:00 AM"),
      ("2024/02/09", "2/9/2024 12:00:00 AM"),
      ("2020-03-16-07:00", "3/16/2020 7:00:00 AM"), ("2020-03-16Z", "3/16/2020 12:00:00 AM"),
      ("2020-03-16 +0200", "3/15/2020 10:00:00 PM"),
      ("2020-03-16T07:05", "3/16/2020 7:05:00 AM"), ("2020-03-16T07:05:09.1234567Z", "3/16/2020 7:05:09 AM"),
      ("2020-03-16 07:05:09 -01:30", "3/16/2020 8:35:09 AM"),
      ("2020-03-16T23:59:59.9999999999Z", "3/16/2020 11:59:59 PM"),
      ("8/25/2021 5:41:18 PM", "8/25/2021 5:41:18 PM"), ("8/25/2021 12:00 AM", "8/25/2021 12:00:00 AM"),
      ("8-25-2021", "8/25/2021 12:00:00 AM"),
      ("8/25/2021 17:41", "8/25/2021 5:41:00 PM"), ("16 March 2020", "3/16/2020 12:00:00 AM"),
      ("16-Mar-2020 07:00", "3/16/2020 7:00:00 AM"),
      ("March 16, 2020", "3/16/2020 12:00:00 AM"), ("Mon, 16 Mar 2020 07:00:00 GMT", "3/16/2020 7:00:00 AM"),
      ("  2020-03-16\n", "3/16/2020 12:00:00 AM"),
      ("0001-01-01", "1/1/0001 12:00:00 AM"), ("9999-12-31T23:59:59", "12/31/9999 11:59:59 PM"),
    ])
  func `CDate reads the usual forms`(text: String, result: String) throws {
    #expect(try evaluate("CDate([d])", ["d": .text(text)]).text == result)
  }

  @Test(
    arguments: [
      "", "today", "2020-13-01", "2023-02-29", "2020-03-16T", "2020-03-16T7", "2020-03-16T24:00:00",
      "2020-03-16 13:00 PM", "31.12.2030", "16/3/2020",
      "3/16/20", "2020-03-16 07:00:00 XYZ", "2020-03-16+99:00", "0000-01-01", "0001-01-01+01:00",
      "9999-12-31T23:00-02:00", "2020-03-16 x", "12:30", "٢٠٢٠-٠٣-١٦",
    ])
  func `CDate refuses what is no date and does not repeat it`(text: String) throws {
    let error = try #require(try evaluationError("CDate([d])", ["d": .text(text)]))
    #expect(error.message.contains("CDate: text (argument 1, [d]) is no date"))
    #expect(text.isEmpty || !error.message.contains(text))
  }

  @Test(
    arguments: [
      ("yyyy-MM-dd", "2030-06-05"), ("d/M/yy", "5/6/30"), ("dddd, MMMM d", "Wednesday, June 5"), ("ddd MMM", "Wed Jun"),
      ("h:mm tt", "1:02 PM"), ("hh t", "01 P"), ("H:m:s", "13:2:3"), ("HH:mm:ss.fff", "13:02:03.450"),
      ("s.FFFF", "3.45"),
      ("zzz", "+00:00"), ("%z K", "+0 Z"), ("'year' yyyy", "year 2030"), (#"\\y yy"#, "y 30"),
      ("yyyyMMddHHmmss.fZ", "20300605130203.4Z"),
      ("%d", "5"), ("d", "6/5/2030"), ("o", "2030-06-05T13:02:03.4500000Z"), ("R", "Wed, 05 Jun 2030 13:02:03 GMT"),
      ("s", "2030-06-05T13:02:03"),
      ("yyyy年", "2030年"), ("yyyyy", "02030"), ("gg", "A.D."),
    ])
  func `A date is written in .NET's formats`(format: String, result: String) throws {
    let expression = #"FormatDateTime(CDate("2030-06-05T13:02:03.45Z"), , "-", "\#(format)")"#
    #expect(try evaluate(expression) == .text(result))
  }

  @Test(
    arguments: [
      ("05.06.2030", "dd.MM.yyyy", "", "2030-06-05T00:00:00"),
      ("5.6.30", "d.M.yy", "", "2030-06-05T00:00:00"),
      ("5.6.50", "d.M.yy", "", "1950-06-05T00:00:00"),
      ("5 JUNE 2030", "d MMMM yyyy", "", "2030-06-05T00:00:00"),
      ("Wed 05 Jun 2030", "ddd dd MMM yyyy", "", "2030-06-05T00:00:00"),
      ("20300605 01:02 pm", "yyyyMMdd hh:mm tt", "", "2030-06-05T13:02:00"),
      ("2030-06-05 12:30 A", "yyyy-MM-dd h:mm t", "", "2030-06-05T00:30:00"),
      ("2030-06-05T23:30:00-02", "yyyy-MM-ddTHH:mm:sszz", "", "2030-06-06T01:30:00"),
      ("2030-06-05T23:30:00Z", "yyyy-MM-ddTHH:mm:ssK", "", "2030-06-05T23:30:00"),
      ("2030-06-05T23:30:00", "yyyy-MM-ddTHH:mm:ssK", "", "2030-06-05T23:30:00"),
      ("2030-06-05 23:30:00.5", "yyyy-MM-dd HH:mm:ss.FFF", "", "2030-06-05T23:30:00"),
      ("  2030-06-05 ", "yyyy-MM-dd", "", "2030-06-05T00:00:00"),
      ("2030 - 06 - 05", "yyyy-MM-dd", "AllowWhiteSpaces", "2030-06-05T00:00:00"),
      ("13:02", "HH:mm", "", "2000-01-01T13:02:00"),
      ("13:02", "HH:mm", "None, NoCurrentDateDefault", "0001-01-01T13:02:00"),
      ("05.06.", "dd.MM.", "", "2000-06-05T00:00:00"),
    ])
  func `A date is read by its format`(text: String, format: String, styles: String, result: String) throws {
    let expression = #"FormatDateTime([d], "\#(styles)", "\#(format)", "s")"#
    #expect(try evaluate(expression, ["d": .text(text)]) == .text(result))
  }

  @Test(
    arguments: [
      ("2030-6-5", "yyyy-MM-dd", ""), ("2030-06-05x", "yyyy-MM-dd", ""), ("2030-02-30", "yyyy-MM-dd", ""),
      (" 2030-06-05", "yyyy-MM-dd", "None"),
      ("2030 -06-05", "yyyy-MM-dd", ""), ("Thu 05 Jun 2030", "ddd dd MMM yyyy", ""), ("13:00 PM", "hh:mm tt", ""),
      ("5 6", "d d", ""), ("", "yyyy", ""),
      ("25:00", "HH:mm", ""),
    ])
  func `A text that does not fit its format is an error`(text: String, format: String, styles: String) throws {
    let error = try evaluationError(#"FormatDateTime([d], "\#(styles)", "\#(format)", "s")"#, ["d": .text(text)])
    #expect(error?.message.contains("does not fit inputFormat") == true)
  }

  @Test func `The old form of FormatDateTime has no styles`() throws {
    #expect(try evaluate(#"FormatDateTime([d], "yyyy-MM-dd", "yyyy")"#, ["d": .text("2030-06-05")]) == .text("2030"))
  }

  @Test func `A date needs no reading by its format`() throws {
    #expect(try evaluate(#"FormatDateTime(DateAdd("d", 1, Now()), , "ignored", "yyyy-MM-dd")"#) == .text("2000-01-02"))
  }

  @Test(arguments: [
    ("yyyy", 8000), ("m", 96_000), ("d", 3_000_000), ("s", Int64.max), ("yyyy", Int64.min), ("ww", -200_000),
  ])
  func `A sum outside the years 1 to 9999 is an error`(interval: String, count: Int64) throws {
    let error = try evaluationError(#"DateAdd("\#(interval)", [n], Now())"#, ["n": .number(Number(count))])
    #expect(error?.message.contains("years 1 to 9999") == true)
  }

  @Test func `DateDiff counts weeks by their Sundays whatever the time of day`() throws {
    let late = #"DateDiff("ww", CDate("2024-06-07T23:00:00Z"), CDate("2024-06-09T01:00:00Z"))"#
    let same = #"DateDiff("ww", CDate("2024-06-09"), CDate("2024-06-15T23:59:59Z"))"#
    #expect(try evaluate(late).text == "1")
    #expect(try evaluate(same).text == "0")
  }

  @Test func `A FILETIME outside the calendar is an error`() throws {
    #expect(try evaluationError("DateFromNum([n])", ["n": .text("9223372036854775807")]) != nil)
    #expect(try evaluationError("DateFromNum(-1)") != nil)
    #expect(try evaluationError(#"NumFromDate("1600-12-31")"#) != nil)
    #expect(try evaluate("DateFromNum([n])") == .null)
    #expect(try evaluate("NumFromDate([n])") == .null)
  }

  @Test func `Every day of the calendar is written and read back`() throws {
    let format = try Expression(parsing: #"FormatDateTime([d], , "", "yyyy-MM-dd")"#.replacing("\"\"", with: "\"-\""))
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<2000 {
      let ticks = Int64.random(in: 0..<3_155_378_976_000_000_000, using: &generator)
      let date = try #require(DateTime(ticks: ticks))
      let context = EvaluationContext(attributes: { _ in .date(date) }, now: 0)
      let text = try #require(try format.evaluate(in: context).text)
      let day = try #require(DateTime(reading: text))
      #expect((0..<864_000_000_000).contains(ticks - day.ticks), "\(text)")
      #expect(DateTime(reading: date.text)?.ticks == ticks - ticks % 10_000_000, "\(date.text)")
    }
  }
}
