//! What the accounts pay for, as a table for a spreadsheet.

use desk::export::{Cell, ExportQuery};
use desk::read::{CostLineKind, CostUnknown};
use model::{Cents, Service};

use super::of;
use crate::Bench;

#[tokio::test]
async fn the_lines_of_accounts_are_exported_and_come_to_their_invoices() {
    let bench = Bench::connected(12).await;
    bench.change_account(1, |account| {
        account.limits[Service::Input.index()] = 7_777_777.0;
    });
    bench.sync().await;
    let sheet = async |filter: &str| {
        let query = ExportQuery::CostAccounts(of(filter));
        bench.desk.sheet(query).await.unwrap()
    };
    let all = sheet("").await;
    let column = |name: &str| {
        let mut columns = all.columns.iter();
        columns.position(|column| column.name == name).unwrap()
    };
    let sum = |rows: &[Vec<Cell>], name: &str| -> Cents {
        let money = |row: &Vec<Cell>| match row[column(name)] {
            Cell::Money(cents) => Some(cents),
            Cell::Empty => None,
            ref other => panic!("{other:?}"),
        };
        rows.iter().filter_map(money).sum()
    };
    let parts = [
        "For profiles (USD)",
        "Not allocated (USD)",
        "Not known whose, or of none (USD)",
    ];
    let mut rows = all.rows.as_slice();
    for (number, label) in ["Acme", "Nordwind"].into_iter().enumerate() {
        let account = bench.cost_of(label).await;
        let own;
        (own, rows) = rows.split_at(account.lines.len() + 2);
        for row in own {
            assert_eq!(row.len(), all.columns.len());
            assert_eq!(row[column("Account")], Cell::Text(label.to_owned()));
        }
        let invoice = bench.announced(number);
        assert_eq!(sum(own, "A month (USD)"), invoice, "{label}");
        assert_eq!(sum(own, "Upcoming invoice (USD)"), invoice, "{label}");
        let balance = account.balance.unwrap_or_default();
        assert_eq!(sum(own, "Balance, in no sum (USD)"), balance);
        let services = account.lines.iter().zip(own);
        for (line, row) in services.filter(|(line, _)| line.kind == CostLineKind::Service) {
            let row = std::slice::from_ref(row);
            let divided: Cents = parts.iter().map(|part| sum(row, part)).sum();
            assert_eq!(divided, line.price.unwrap_or_default());
        }
        let why: Vec<&Cell> = own.iter().map(|row| &row[column("Note")]).collect();
        let no_tier = Cell::Text(CostUnknown::NoTier.label().to_owned());
        assert_eq!(why.contains(&&no_tier), number == 1);
        let holds = Cell::Text("holds the line that is not known".to_owned());
        assert_eq!(*why[account.lines.len()] == holds, number == 1);
    }
    assert_eq!(rows, [] as [Vec<Cell>; 0]);
    let filtered = sheet("nordwind").await;
    assert_eq!(
        filtered.rows,
        all.rows[all.rows.len() - filtered.rows.len()..]
    );
    assert!(!filtered.rows.is_empty() && filtered.rows.len() < all.rows.len());
}
