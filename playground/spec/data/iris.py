"""The summary of the bundled table, Iris (Fisher, 1936)."""

from playground.spec.data.table_reading import TableReading
from playground.spec.data.table_summary import Column, TableFile

IRIS = TableFile(
    path="iris.csv",
    sha256="dad19dc3817625a5490ab6be0fdb592efdcd6921badbbaf4275cef90bcfaa994",
    reading=TableReading(separator=",", encoding="utf-8", header=1),
    rows=150,
    columns=(
        Column(name="sepal length", kind="number", low=4.3, high=7.9, whole=False, categories=(), counts=()),
        Column(name="sepal width", kind="number", low=2.0, high=4.4, whole=False, categories=(), counts=()),
        Column(name="petal length", kind="number", low=1.0, high=6.9, whole=False, categories=(), counts=()),
        Column(name="petal width", kind="number", low=0.1, high=2.5, whole=False, categories=(), counts=()),
        Column(
            name="species",
            kind="category",
            low=0.0,
            high=0.0,
            whole=False,
            categories=("setosa", "versicolor", "virginica"),
            counts=(50, 50, 50),
        ),
    ),
)
