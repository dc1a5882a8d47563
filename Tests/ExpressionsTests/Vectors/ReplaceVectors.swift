import Expressions

extension Vector {
  static let replace: [Vector] = [
    Vector(
      135, #"Replace([BusinessTitle],"Product Developer", , , "Software Engineer", , )"#,
      ["BusinessTitle": .text("Product Developer")], gives: .text("Software Engineer")),
    Vector(
      136, #"Replace([UserID],"<username>", , , , , "<username>@contoso.com")"#, ["UserID": .text("jsmith")],
      gives: .text("jsmith@contoso.com")),
    Vector(
      137, #"Replace([mobile], , "[()\\s-]+", , "", , )"#, ["mobile": .text("+1 (999) 888-7777")],
      gives: .text("+19998887777")),
    Vector(
      138, #"Replace([AddressLineData], ,"(?<streetNumber>^\\d*)","streetNumber", "888", , )"#,
      ["AddressLineData": .text("545 Tremont Street")], gives: .text("888 Tremont Street")),
    Vector(
      139, #"Replace([preferredLanguage], "-", , , "_", , )"#, ["preferredLanguage": .text("EN-US")],
      gives: .text("EN_US")),
    Vector(140, #"Replace("aAaA","a", , ,"x", , )"#, gives: .text("xAxA")),
    Vector(
      141, #"Replace([jobTitle],"Chief", , ,"Head", , )"#, ["jobTitle": .text("Engineer")], gives: .text("Engineer")),
    Vector(
      142, #"Replace([phone], , "(?<cc>\\+\\d+) (?<n>\\d+)", , "${n}/${cc}", , )"#, ["phone": .text("+44 2071234")],
      gives: .text("2071234/+44")),
    Vector(
      143, #"Replace([desk], , "(?<n>\\d{4})", "n", , [mobile], )"#,
      ["desk": .text("7788"), "mobile": .text("+1 5550100")], gives: .text("7788")),
    Vector(
      144, #"Replace([desk], , "(?<n>\\d{4})$", "n", , [mobile], )"#, ["desk": .null, "mobile": .text("+1 5550100")],
      gives: .text("0100")),
    Vector(
      145, #"Replace([desk], , "(?<n>\\d{4})", "n", , [mobile], )"#, ["desk": .null, "mobile": .text("none")],
      gives: .null),
    Vector(146, #"Replace([x],"a", , ,"b", , )"#, ["x": .null], gives: .null),
  ]
}
